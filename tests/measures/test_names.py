"""Share of voice counted by hand; near-duplicates once or each; and the days that are counted anew."""

from datetime import UTC, date, datetime, timedelta

import pytest

from entendu.accounts.models import Membership, Organisation
from entendu.analysis.models import Cluster, Copy
from entendu.channels.models import Channel
from entendu.kit import clock
from entendu.measures.compute import measure, perimeter_of
from entendu.measures.names import carried, count_anew, said, tracked
from entendu.measures.sheet import Sheet
from entendu.measures.stages import roll_up
from entendu.mentions.models import Match, Mention, Query
from entendu.mentions.track import TrackRefused, track
from make import make_channel, make_mention

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
WEEK = (TODAY - timedelta(days=6), TODAY)


def query(organisation: Organisation, name: str, tracked: str = "") -> Query:
    return Query.objects.create(
        organisation=organisation, name=name, text=name, purpose="comparer", active=False, tracked=tracked,
        created_at=NOON, changed_at=NOON,
    )  # fmt: skip


def heard(channel: Channel, author: str, *queries: Query, days: int = 0, **values: object) -> Mention:
    one = make_mention(channel, "Un pain", author, at=NOON - timedelta(days=days), **values)
    for found in queries:
        Match.objects.create(query=found, mention=one)
    return one


def counted() -> None:
    while roll_up(100):
        continue


@pytest.fixture
def story(organisation: Organisation, channel: Channel) -> tuple[Query, Query, list[Mention]]:
    """Ours: ana twice, bea (who says both). Theirs: bea, cleo twice: 3 and 3 of 6."""
    own, other = query(organisation, "levain", "own"), query(organisation, "rival", "other")
    mentions = [
        heard(channel, "ana", own, audience=100, sentiment="positive"),
        heard(channel, "ana", own, days=1, audience=50),
        heard(channel, "bea", own, other),
        heard(channel, "cleo", other, days=1),
        heard(channel, "cleo", other, days=2, sentiment="neutral"),
        heard(channel, "zoe", query(organisation, "sujet")),
        heard(channel, "zoe", own, days=30),
    ]
    counted()
    return own, other, mentions


def test_share_of_voice_by_hand(
    organisation: Organisation, story: tuple[Query, Query, list[Mention]]
) -> None:
    own, other, _mentions = story
    result = measure(organisation, "share_of_voice", *WEEK)
    assert (result.now.value, result.now.n) == (50.0, 6)
    assert {part.code: part.n for part in result.now.parts} == {str(own.pk): 3, str(other.pk): 3}
    points = {point.day: (point.value, point.n) for point in result.now.points}
    assert points[TODAY] == (pytest.approx(200 / 3), 3)
    assert points[TODAY - timedelta(days=2)] == (0.0, 1)
    assert result.before.value is None


def test_without_another_name_there_is_no_share(organisation: Organisation, channel: Channel) -> None:
    heard(channel, "ana", query(organisation, "levain", "own"))
    counted()
    assert measure(organisation, "share_of_voice", *WEEK).now.value is None


def test_people_and_audiences_by_hand(
    organisation: Organisation, story: tuple[Query, Query, list[Mention]]
) -> None:
    own, other, mentions = story
    answer = make_mention(mentions[0].channel, "Moi aussi", "dan", at=NOON, parent=mentions[0])
    Match.objects.filter(mention=answer).delete()
    far = carried(Sheet(perimeter_of(organisation, *WEEK)), tracked(organisation))
    assert (far[own.pk].people, far[own.pk].impressions, far[own.pk].known, far[own.pk].answers) == (
        2,
        150,
        2,
        1,
    )
    assert (far[other.pk].people, far[other.pk].known) == (2, 0)


def test_near_duplicates_count_once(
    organisation: Organisation, story: tuple[Query, Query, list[Mention]]
) -> None:
    own, _other, mentions = story
    cluster = Cluster.objects.create(
        organisation=organisation, lead=mentions[0], signature=b"", touched_at=NOON
    )
    for one in mentions[:3]:
        Copy.objects.create(cluster=cluster, mention=one, said_at=one.said_at, similarity=1.0)
    count_anew(own)
    counted()
    sheet = Sheet(perimeter_of(organisation, *WEEK))
    assert said(sheet)[""][own.pk].total() == 3
    assert said(sheet, once=True)[""][own.pk].total() == 1


def test_a_name_tracked_later_is_counted_for_the_past(
    organisation: Organisation, channel: Channel, manager: Membership, alice: Membership, charlie: Membership
) -> None:
    late = query(organisation, "rival")
    heard(channel, "cleo", late, days=3)
    counted()
    sheet = Sheet(perimeter_of(organisation, *WEEK))
    assert said(sheet) == {}
    with pytest.raises(TrackRefused, match="not_allowed"):
        track(late, by=alice, tracked="other")
    with pytest.raises(TrackRefused, match="not_yours"):
        track(late, by=charlie, tracked="other")
    with pytest.raises(TrackRefused, match="bad_value"):
        track(late, by=manager, tracked="mine")
    assert track(late, by=manager, tracked="other")
    assert not track(late, by=manager, tracked="other")
    count_anew(late)
    counted()
    assert said(Sheet(sheet.perimeter))[""][late.pk].total() == 1
    track(late, by=manager, tracked="")
    assert said(Sheet(sheet.perimeter)) == {}


def test_by_channel_and_language(
    organisation: Organisation, story: tuple[Query, Query, list[Mention]]
) -> None:
    own, _other, mentions = story
    forum = make_channel(organisation, "Forum")
    heard(forum, "eve", own)
    with clock.at(NOON):
        counted()
    sheet = Sheet(perimeter_of(organisation, *WEEK))
    found = said(sheet, "channel")
    assert found[forum.pk][own.pk].total() == 1
    assert found[mentions[0].channel_id][own.pk].total() == 3
    assert set(said(sheet, "language")) == {"fr"}
