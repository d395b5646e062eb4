"""What we listen for: nothing without a purpose, nothing that is no query; what changed is in the trail."""

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.mentions.models import Query
from entendu.mentions.queries import BadQuery, add_query, change_query, remove_query


@pytest.mark.parametrize(("values", "field", "code"), [
    ({"purpose": " "}, "purpose", "required"), ({"name": ""}, "name", "required"), ({"text": ""}, "text", "required"),
    ({"text": '"pain'}, "text", "syntax"), ({"text": "x" * 5000}, "text", "syntax"),
])  # fmt: skip
def test_a_query_that_does_not_do_is_told_by_field(
    organisation: Organisation, values: dict[str, str], field: str, code: str
) -> None:
    good = {"name": "Pain", "text": "pain OR bread", "purpose": "Savoir"}
    with pytest.raises(BadQuery) as refused:
        add_query(organisation, **(good | values))
    assert refused.value.errors == {field: code}
    assert not Query.objects.exists()


def test_a_name_is_taken_once(organisation: Organisation) -> None:
    add_query(organisation, name="Pain", text="pain", purpose="Savoir")
    with pytest.raises(BadQuery, match="taken"):
        add_query(organisation, name="Pain", text="bread", purpose="Savoir")


def test_the_trail_says_what_it_was(organisation: Organisation, manager: Membership) -> None:
    query = add_query(organisation, name="Pain", text="pain", purpose="Savoir", by=manager)
    change_query(
        query,
        by=manager,
        name="Pain",
        text="pain OR bread",
        purpose="Savoir",
        opens_conversations=True,
        active=False,
    )
    remove_query(query, by=manager)
    verbs = list(organisation.audits.order_by("id").values_list("verb", flat=True))
    assert verbs == ["add_query", "change_query", "remove_query"]
    assert organisation.audits.get(verb="change_query").data["before"]["text"] == "pain"
