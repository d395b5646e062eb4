"""Who asked not to be listened to is not; nor what is neither public nor said to us. The ledger counts both."""

from pathlib import Path

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.conversations.models import Conversation
from entendu.conversations.opt_out import opt_out
from entendu.mentions.models import Author, Match, Mention, OptOut, Receipt, SearchEntry
from entendu.mentions.opt_outs import OptOutRefused, remove_opt_out
from entendu.people.models import Person
from hear import hear, hear_more, said
from make import make_query


def aside(
    key: str, author: str = "ed", text: str = "Au levain, zorglub !", **more: object
) -> dict[str, object]:
    return said(key, text, author, addressed=False) | more


def ends(organisation: Organisation) -> dict[str, tuple[str, str]]:
    return {r.key: (r.end, r.reason) for r in Receipt.objects.filter(organisation=organisation)}


def nothing_is_kept(organisation: Organisation, key: str) -> None:
    assert not Mention.objects.filter(organisation=organisation, key=key).exists()
    assert bytes(Receipt.objects.get(organisation=organisation, key=key).content) == b""
    assert not SearchEntry.objects.filter(folded__contains="zorglub").exists()


@pytest.mark.parametrize("account", ["ed", "@Ed", " ED "])
@pytest.mark.parametrize("network", ["test", ""])
def test_what_was_not_said_to_us_is_not_kept(
    organisation: Organisation, manager: Membership, tmp_path: Path, account: str, network: str
) -> None:
    make_query(organisation)
    opt_out(manager, network=network, account=account, reason="a écrit")
    hear(organisation, tmp_path, [aside("a"), aside("b", "dalila", "Le levain")])
    assert ends(organisation) == {"a": ("dropped", "opt_out"), "b": ("watched", "")}
    nothing_is_kept(organisation, "a")
    assert not Author.objects.filter(key="ed").exists()


def test_what_is_said_to_us_or_elsewhere_is_heard(
    organisation: Organisation, manager: Membership, tmp_path: Path
) -> None:
    opt_out(manager, network="other", account="ed", reason="a écrit")
    opt_out(manager, network="test", account="zoe", reason="a écrit")
    hear(organisation, tmp_path, [aside("a"), said("b", "Bonjour", "zoe"), aside("c", "zoé")])
    assert ends(organisation) == {"a": ("watched", ""), "b": ("conversation", ""), "c": ("watched", "")}


def test_another_organisation_keeps_its_own_list(
    organisation: Organisation, elsewhere: Organisation, manager: Membership, tmp_path: Path
) -> None:
    opt_out(manager, network="", account="ed", reason="a écrit")
    hear(elsewhere, tmp_path, [aside("a")])
    assert ends(elsewhere) == {"a": ("watched", "")}


@pytest.mark.parametrize(
    "extra", [{"noindex": "1"}, {"noindex": "true"}, {"bio": "boulanger #NoBot #paris"}, {"opt_out": "yes"}]
)
def test_who_declares_it_is_not_listened_to(
    organisation: Organisation, tmp_path: Path, extra: dict[str, str]
) -> None:
    hear(organisation, tmp_path, [aside("a", extra=extra)])
    assert ends(organisation) == {"a": ("dropped", "opt_out")}
    nothing_is_kept(organisation, "a")


@pytest.mark.parametrize("extra", [{"noindex": "false"}, {"noindex": "0"}, {"bio": "robots et #nobotox"}, {}])
def test_who_does_not_declare_it_is_heard(
    organisation: Organisation, tmp_path: Path, extra: dict[str, str]
) -> None:
    hear(organisation, tmp_path, [aside("a", extra=extra)])
    assert ends(organisation) == {"a": ("watched", "")}


def test_what_was_only_watched_goes_and_what_is_taken_care_of_stays(
    organisation: Organisation, manager: Membership, tmp_path: Path
) -> None:
    query = make_query(organisation)
    channel = hear(
        organisation,
        tmp_path,
        [aside("a"), said("b", "Au levain, bonjour", "ed"), aside("c", "eva", "Au levain")],
    )
    assert Match.objects.filter(query=query).count() == 3
    opt_out(manager, network="test", account="ed", reason="a écrit")
    nothing_is_kept(organisation, "a")
    assert ends(organisation)["a"] == ("dropped", "opt_out")
    assert set(Mention.objects.values_list("key", flat=True)) == {"b", "c"}
    opt_out(manager, network="test", account="eva", reason="a écrit")
    assert not Author.objects.filter(key="eva").exists()
    assert not Person.objects.filter(name__icontains="eva").exists()
    hear_more(channel, [aside("b", text="Au levain, re", kind="edited"), aside("a", kind="edited")])
    assert Mention.objects.get().text == "Au levain, re"
    assert Conversation.objects.count() == 1
    nothing_is_kept(organisation, "a")
    assert not Receipt.objects.filter(content__contains=b"zorglub").exists()


def test_an_opt_out_is_refused_without_a_reason_an_account_or_the_right(
    organisation: Organisation, manager: Membership, alice: Membership, charlie: Membership
) -> None:
    for by, account, reason, code in (
        (manager, "@ ", "r", "required"),
        (manager, "ed", " ", "required"),
        (alice, "ed", "r", "not_allowed"),
    ):
        with pytest.raises(OptOutRefused) as refused:
            opt_out(by, network="", account=account, reason=reason)
        assert refused.value.code == code
    line = opt_out(manager, network="", account="ed", reason="r")
    with pytest.raises(OptOutRefused, match="taken"):
        opt_out(manager, network="", account="@ED", reason="r")
    charlie.role = "admin"
    for by, code in ((charlie, "not_yours"), (alice, "not_allowed")):
        with pytest.raises(OptOutRefused, match=code):
            remove_opt_out(line, by=by)
    assert OptOut.objects.count() == 1


def test_listened_to_again_with_a_trail(
    organisation: Organisation, manager: Membership, tmp_path: Path
) -> None:
    line = opt_out(manager, network="", account="zoe-b", reason="r")
    remove_opt_out(line, by=manager)
    hear(organisation, tmp_path, [aside("a", "zoe-b")])
    assert ends(organisation) == {"a": ("watched", "")}
    assert list(organisation.audits.order_by("id").values_list("verb", flat=True))[:2] == [
        "add_opt_out",
        "remove_opt_out",
    ]
    assert "zoe-b" not in str(list(organisation.audits.values_list("target", "data")))


def test_what_is_neither_public_nor_said_to_us_is_not_kept(
    organisation: Organisation, tmp_path: Path
) -> None:
    hear(organisation, tmp_path, [aside("a", visibility="private")], addressed="no")
    assert ends(organisation) == {"a": ("dropped", "not_public")}
    nothing_is_kept(organisation, "a")


@pytest.mark.parametrize(
    ("takes", "found"), [("both", {"a", "b", "c"}), ("public", {"a", "b"}), ("addressed", {"b", "c"})]
)
def test_a_query_takes_what_it_may(
    organisation: Organisation, tmp_path: Path, takes: str, found: set[str]
) -> None:
    query = make_query(organisation, takes=takes)
    rows = [aside("a"), said("b", "Le levain"), said("c", "Ce levain", visibility="private")]
    hear(organisation, tmp_path, [*rows, aside("d", visibility="private")])
    assert set(query.matches.values_list("mention__key", flat=True)) == found
