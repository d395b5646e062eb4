"""What we listen for: nothing without its grounds, nothing that is no query; what changed is among the versions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.mentions.governance import Standing, running, standing
from entendu.mentions.models import Query
from entendu.mentions.queries import (
    BadQuery,
    add_query,
    change_query,
    remove_query,
    review_query,
    switch_query,
    terms_of,
)
from entendu.worker.loop import Loop
from make import make_mention, make_query, make_terms

TODAY = clock.now().date()


@pytest.mark.parametrize(("values", "field", "code"), [
    ({"purpose": " "}, "purpose", "required"), ({"name": ""}, "name", "required"), ({"text": ""}, "text", "required"),
    ({"text": '"pain'}, "text", "syntax"), ({"text": "x" * 5000}, "text", "syntax"),
    ({"basis": ""}, "basis", "required"),
    ({"basis": "curiosity"}, "basis", "bad_value"), ({"balance": " "}, "balance", "required"),
    ({"reviewer": None}, "reviewer", "required"), ({"review_on": None}, "review_on", "required"),
    ({"review_on": TODAY}, "review_on", "past"), ({"review_on": TODAY + timedelta(days=999)}, "review_on", "too_far"),
    ({"text": "NOT pain"}, "text", "unselective"), ({"text": "lang:fr"}, "text", "unselective"),
    ({"takes": "all"}, "takes", "bad_value"), ({"name": "x" * 121}, "name", "too_long"),
])  # fmt: skip
def test_a_query_that_does_not_do_is_told_by_field(
    organisation: Organisation, values: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(BadQuery) as refused:
        make_query(organisation, **values)
    assert refused.value.errors == {field: code}
    assert not Query.objects.exists()


def test_a_stranger_reviews_nothing(organisation: Organisation, charlie: Membership) -> None:
    with pytest.raises(BadQuery, match="not_member"):
        make_query(organisation, reviewer=charlie.user)


def test_the_store_itself_refuses_a_query_that_runs_without_grounds(organisation: Organisation) -> None:
    query = make_query(organisation)
    for change in ({"basis": ""}, {"review_on": None}, {"purpose": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Query.objects.filter(pk=query.pk).update(**change)


def test_a_name_is_taken_once(organisation: Organisation) -> None:
    make_query(organisation, "pain", name="Pain")
    with pytest.raises(BadQuery, match="taken"):
        make_query(organisation, "bread", name="Pain")


def test_the_trail_and_the_versions_say_what_it_was(organisation: Organisation, manager: Membership) -> None:
    query = make_query(organisation, "pain", by=manager)
    change_query(query, replace(terms_of(query), text="pain OR bread", opens_conversations=True), by=manager)
    change_query(query, terms_of(query), by=manager)  # nothing changed: nothing is told
    switch_query(query, by=manager, active=False)
    review_query(query, by=manager, review_on=TODAY + timedelta(days=9), note="bon")
    versions = list(query.versions.order_by("number").values_list("number", "change", "text", "by__name"))
    assert versions == [
        (1, "added", "pain", "Maud Orchestre"),
        (2, "changed", "pain OR bread", "Maud Orchestre"),
        (3, "switched_off", "pain OR bread", "Maud Orchestre"),
        (4, "reviewed", "pain OR bread", "Maud Orchestre"),
    ]
    remove_query(query, by=manager)
    verbs = list(organisation.audits.order_by("id").values_list("verb", flat=True))
    assert verbs == ["add_query", "change_query", "switch_query", "review_query", "remove_query"]
    assert organisation.audits.get(verb="change_query").data["before"]["text"] == "pain"


def test_a_version_says_what_the_change_did(
    organisation: Organisation, manager: Membership, channel: Channel
) -> None:
    kept, lost, gained = (make_mention(channel, text) for text in ("pain noir", "pain blanc", "une brioche"))
    make_mention(channel, "pain de nous", ours=True)
    for one in (kept, lost, gained):
        one.analysed_at = None
        one.save()
        one.analysis.delete()
    Loop().run_once()
    query = make_query(organisation, "pain", by=manager)
    change_query(query, replace(terms_of(query), text="noir OR brioche"), by=manager)
    effects = [one.effect for one in query.versions.order_by("number")]
    assert (effects[0]["before"], effects[0]["after"], effects[0]["gained"]) == (0, 2, 2)
    assert {name: effects[1][name] for name in ("before", "after", "gained", "lost")} == {
        "before": 2, "after": 2, "gained": 1, "lost": 1,
    }  # fmt: skip
    assert (effects[1]["gained_samples"], effects[1]["lost_samples"]) == ([gained.pk], [lost.pk])


def test_how_a_query_stands_follows_its_review(organisation: Organisation) -> None:
    query = make_query(organisation, review_on=TODAY + timedelta(days=90))
    at = {days: standing(query, today=TODAY + timedelta(days=days)) for days in (0, 60, 90, 91, 120, 121)}
    assert at == {
        0: Standing.LISTENING, 60: Standing.DUE, 90: Standing.DUE, 91: Standing.OVERDUE, 120: Standing.OVERDUE,
        121: Standing.UNREVIEWED,
    }  # fmt: skip
    assert standing(query, reviewer_here=False) == Standing.OVERDUE
    assert standing(query, reviewer_here=False, today=TODAY + timedelta(days=91)) == Standing.UNREVIEWED


def test_without_a_reviewer_it_does_not_run(organisation: Organisation, manager: Membership) -> None:
    query = make_query(organisation, reviewer=manager.user)
    assert running().count() == 1
    manager.user.delete()
    query.refresh_from_db()
    assert (running().count(), standing(query)) == (0, Standing.INCOMPLETE)


def test_whoever_looks_after_the_reviewer_left_reviews_it(
    organisation: Organisation, manager: Membership, admin: Membership
) -> None:
    query = make_query(organisation, reviewer=manager.user)
    manager.delete()
    review_query(query, by=admin, review_on=TODAY + timedelta(days=30))
    query.refresh_from_db()
    assert query.reviewer == admin.user
    with pytest.raises(BadQuery, match="past"):
        review_query(query, by=admin, review_on=TODAY)


def test_a_query_is_switched_on_with_its_grounds_only(
    organisation: Organisation, manager: Membership
) -> None:
    query = add_query(organisation, make_terms(organisation), by=manager)
    switch_query(query, by=manager, active=False)
    Query.objects.filter(pk=query.pk).update(basis="")
    query.refresh_from_db()
    with pytest.raises(BadQuery, match="basis: required"):
        switch_query(query, by=manager, active=True)
    assert running().count() == 0
