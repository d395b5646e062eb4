"""The stored search finds what the matchers find, in what is really stored; and nothing that was forgotten."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.correct import correct
from entendu.kit import clock
from entendu.mentions.documents import document_of
from entendu.mentions.index import index
from entendu.mentions.models import Attachment, Mention, Receipt, SearchEntry
from entendu.mentions.search import search
from entendu.reading.query import MAX_OPERANDS, Document, Matcher, Query, matches, parse
from hear import hear, hear_more, said
from make import make_author, make_channel
from reading.query.making import documents, queries


def texts_found(actor: Membership, query: str) -> list[str]:
    return sorted(search(actor, parse(query)).values_list("text", flat=True))


@pytest.fixture
def stored(organisation: Organisation, tmp_path: Path) -> None:
    hear(
        organisation,
        tmp_path,
        [
            said("a", "Le mille-feuille était immangeable", "dalila"),
            said("b", "La crème du mille feuille, un délice", "jules"),
            said("c", "Where can I buy rye bread?", "ann", url="https://www.example.org/post/1"),
        ],
        name="Boîte",
    )


def test_stranger_finds_nothing(stored: None, charlie: Membership) -> None:
    assert texts_found(charlie, "bread OR feuille") == []


def test_finds_words_phrases_and_fields(stored: None, alice: Membership) -> None:
    assert texts_found(alice, '"mille feuille"') == [
        "La crème du mille feuille, un délice",
        "Le mille-feuille était immangeable",
    ]
    assert texts_found(alice, "creme") == ["La crème du mille feuille, un délice"]
    assert texts_found(alice, "lang:en") == ["Where can I buy rye bread?"]
    assert texts_found(alice, "author:dalila") == ["Le mille-feuille était immangeable"]
    assert texts_found(alice, "site:example.org") == ["Where can I buy rye bread?"]
    assert len(texts_found(alice, "channel:boîte")) == 3
    assert len(texts_found(alice, "kind:files NOT channel:boîte")) == 0
    assert texts_found(alice, "*mangeable") == ["Le mille-feuille était immangeable"]


def test_channel_is_known_by_its_name_of_today(stored: None, alice: Membership) -> None:
    alice.organisation.channels.update(name="Courrier")
    assert texts_found(alice, "channel:boîte") == []
    assert len(texts_found(alice, "channel:courrier")) == 3


def test_edition_is_found_by_its_new_words(
    organisation: Organisation, alice: Membership, tmp_path: Path
) -> None:
    channel = hear(organisation, tmp_path, [said("a", "pistache")])
    hear_more(channel, [said("a", "framboise", kind="edited")])
    assert texts_found(alice, "pistache") == []
    assert texts_found(alice, "framboise") == ["framboise"]


def test_deletion_is_found_no_more(organisation: Organisation, alice: Membership, tmp_path: Path) -> None:
    channel = hear(organisation, tmp_path, [said("a", "pistache")])
    hear_more(channel, [said("a", "", kind="deleted")])
    assert not SearchEntry.objects.exists()
    assert not search(alice, parse("pistache OR lang:fr OR NOT vanille")).exists()


def test_corrected_language_is_found(stored: None, alice: Membership) -> None:
    mention = Mention.objects.get(text__startswith="Where")
    correct(mention, by=alice.user, facet="language", value="nl")
    assert texts_found(alice, "lang:nl") == ["Where can I buy rye bread?"]
    assert texts_found(alice, "lang:en") == []


@pytest.mark.parametrize(
    "operand", ["mot{}", "author:nom{}", "*fin{}", "site:s{}.example.org", "channel:c{}"]
)
@pytest.mark.parametrize("joint", [" OR ", " AND "])
def test_largest_query_is_answered(stored: None, alice: Membership, operand: str, joint: str) -> None:
    many = []
    size = 0
    for number in range(MAX_OPERANDS):
        size += len(operand.format(number)) + len(joint)
        if size < 4_000:
            many.append(operand.format(number))
    assert texts_found(alice, joint.join(many)) == []


def _store(organisation: Organisation, many: list[Document]) -> dict[int, Document]:
    """Rows as the loop would have written them; what the database cannot hold is left out, as it would be."""
    Mention.objects.all().delete()
    Receipt.objects.all().delete()
    channels = {
        (name, kind): organisation.channels.filter(name=f"{name}{kind}").first()
        or make_channel(organisation, f"{name}{kind}", kind)
        for name in ("", "Feed")
        for kind in ("post", "review")
    }
    stored = {}
    for number, one in enumerate(many):
        channel = channels["Feed" if one.channel else "", one.kind]
        text = one.text.replace("\x00", "").encode(errors="ignore").decode()
        receipt = Receipt.objects.create(
            organisation=organisation, channel=channel, key=str(number), content=b"", received_at=clock.now()
        )
        mention = Mention.objects.create(
            organisation=organisation,
            channel=channel,
            receipt=receipt,
            author=make_author(organisation, one.author or "anon", handle=one.author),
            network="test",
            key=str(number),
            text=text,
            url=f"https://www.{one.site}/a" if one.site else "",
            parent_key="p" if one.is_reply else "",
            audience=min(one.followers, 2**31 - 1) if one.followers is not None else None,
            said_at=clock.now(),
            heard_at=clock.now(),
        )
        if one.has_image:
            Attachment.objects.create(mention=mention, name="a.png", media_type="image/png")
        stored[mention.pk] = document_of(mention, one.lang, has_image=one.has_image)
    index(stored)
    return stored


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(many=st.lists(queries, min_size=1, max_size=8), texts=st.lists(documents, min_size=1, max_size=6))
def test_finds_what_the_matcher_and_the_oracle_find(
    organisation: Organisation, alice: Membership, many: list[Query], texts: list[Document]
) -> None:
    stored = _store(organisation, texts)
    matcher: Matcher[int] = Matcher()
    for number, query in enumerate(many):
        matcher.add(number, query)
    live = {pk: set(matcher.match(one)) for pk, one in stored.items()}
    for number, query in enumerate(many):
        found = set(search(alice, query).values_list("pk", flat=True))
        assert found == {pk for pk, one in stored.items() if matches(query, one)}
        assert found == {pk for pk in stored if number in live[pk]}
