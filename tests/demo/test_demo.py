"""The sample organisation: lived-in, in two languages, with nothing in the future."""

import struct
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from entendu.connectors.files import FilesConnector
from entendu.demo import build, organisation, watches
from entendu.demo.build import DemoFile, write_demo_files
from entendu.demo.crowd import Crowd
from entendu.demo.said import STORM_DAY, spoken
from entendu.kit import clock
from entendu.reading.query import parse
from entendu.wire import Item

NOW = datetime(2024, 5, 14, 13, 20, tzinfo=UTC)
FRENCH = {
    "le",
    "la",
    "les",
    "de",
    "une",
    "un",
    "est",
    "pour",
    "et",
    "vous",
    "je",
    "merci",
    "à",
    "des",
    "votre",
    "bonjour",
}
ENGLISH = {
    "the",
    "is",
    "a",
    "for",
    "and",
    "you",
    "my",
    "of",
    "to",
    "from",
    "thanks",
    "this",
    "it",
    "your",
    "hello",
}


def heard(files: list[DemoFile]) -> list[Item]:
    """Every item, by the door that real input takes. A row that cannot be read fails the test."""
    items: list[Item] = []
    for file in files:
        connector = FilesConnector(file.settings)
        page = connector.pull(b"", 100_000)
        assert len(page.raws) == file.count
        items += [item for raw in page.raws for item in connector.parse(raw)]
    return items


@pytest.fixture(scope="module")
def items(tmp_path_factory) -> list[Item]:
    return heard(write_demo_files(tmp_path_factory.mktemp("demo"), NOW))


def language(item: Item) -> str:
    words = [word.strip(".,!?:;’'()«»\"").lower() for word in f"{item.title} {item.text}".split()]
    french, english = sum(word in FRENCH for word in words), sum(word in ENGLISH for word in words)
    return "fr" if french > english else "en" if english > french else "?"


@pytest.mark.parametrize("moment", [NOW, NOW.replace(hour=0, minute=4), NOW.replace(hour=23, minute=58)])
def test_nothing_lies_in_the_future_and_nothing_is_older_than_sixty_days(tmp_path, moment):
    items = heard(write_demo_files(tmp_path, moment))
    assert max(item.at for item in items) <= moment
    assert min(item.at for item in items) > moment - timedelta(days=61)
    assert len(items) > 1300


def test_a_plain_date_never_reaches_beyond_now(tmp_path):
    with clock.at(datetime(2024, 5, 14, 6, 0, tzinfo=UTC)):
        items = heard(write_demo_files(tmp_path, date(2024, 5, 14)))
        assert max(item.at for item in items) <= clock.now()


def test_there_is_enough_to_hear_on_every_channel(items):
    heard_here = [item for item in items if not item.ours]
    assert len(heard_here) >= 900
    assert all(count >= 40 for count in Counter(item.network for item in heard_here).values())
    assert len({item.network for item in items}) == 7
    assert sum(item.addressed for item in heard_here) > 700
    assert sum(not item.addressed for item in heard_here) > 80
    assert sum(bool(item.attachments) for item in heard_here) >= 6


def test_each_message_has_its_own_key_and_threads_resolve(items):
    keys = {(item.network, item.key): item for item in items}
    assert len(keys) == len(items)
    for item in items:
        if item.parent_key:
            parent = keys[item.network, item.parent_key]
            assert parent.at < item.at
            assert parent.thread_key == item.thread_key
    deepest = Counter(item.thread_key for item in items if item.visibility == "public").most_common(3)
    assert all(count > 5 for _, count in deepest)


def test_both_languages_are_at_home(items):
    spoken = Counter(language(item) for item in items if not item.ours)
    assert min(spoken["fr"], spoken["en"]) >= 0.3 * spoken.total()


def test_the_storm_shows(items):
    days = Counter((NOW - item.at).days for item in items if not item.ours)
    day, count = days.most_common(1)[0]
    assert STORM_DAY - 2 < day <= STORM_DAY
    others = sorted(number for place, number in days.items() if place > 0 and place != day)
    assert count > 4 * others[-1]
    storm = [item for item in items if "-storm" in item.key and not item.ours and not item.parent_key]
    assert len({item.author.key for item in storm}) == len(storm) >= 140


def test_fresh_work_waits_for_an_answer(items):
    answered = {(item.network, item.parent_key) for item in items if item.ours}
    waiting = [
        item
        for item in items
        if not item.ours and NOW - item.at < timedelta(hours=11) and (item.network, item.key) not in answered
    ]
    fresh = [item for item in items if NOW - item.at < timedelta(hours=11) and not item.parent_key]
    assert all(item in waiting for item in fresh)
    assert len(waiting) >= 40
    assert any(NOW - item.at < timedelta(minutes=15) for item in waiting)


def test_answers_are_quick_slow_and_bad(items):
    told = {(item.network, item.key): item for item in items}
    answers = [item for item in items if item.ours and (item.network, item.parent_key) in told]
    delays = [(item.at - told[item.network, item.parent_key].at) / timedelta(minutes=1) for item in answers]
    assert sum(delay < 60 for delay in delays) > 40
    assert sum(delay > 1440 for delay in delays) > 15
    bad = [item for item in answers if "votre boulangerie" in item.text or "your bakery" in item.text]
    assert len(bad) >= 10


def test_few_people_say_most_about_products(items):
    makers = Counter(
        item.author.handle for item in items if item.network in ("microblog.example", "photo.example")
    )
    assert {"aurelien_fournil", "lucille.feuillette"} <= {handle for handle, _ in makers.most_common(8)}


def test_some_people_speak_on_two_channels(items):
    places: dict[str, set[str]] = {}
    for item in items:
        places.setdefault(item.author.name, set()).add(item.network)
    assert {"mail", "chat.example"} <= places["Nathalie Fournier"]
    assert {"microblog.example", "photo.example"} <= places["Zoé Marchetti"]


def test_no_slot_or_choice_is_left_open(items):
    open_ones = [item.text for item in items if "{" in item.text or "|" in item.text or "[" in item.text]
    assert open_ones == []


def test_the_same_moment_gives_the_same_files(tmp_path):
    first, second = (write_demo_files(tmp_path / name, NOW) for name in ("a", "b"))
    assert [file.path.read_bytes() for file in first] == [file.path.read_bytes() for file in second]


def test_pictures_are_small_and_are_pictures():
    pictures = list((Path(organisation.__file__).parent / "pictures").glob("*.png"))
    assert sum(picture.stat().st_size for picture in pictures) <= 60_000
    for picture in pictures:
        assert struct.unpack(">8s4x4sII", picture.read_bytes()[:24])[1:] == (b"IHDR", 400, 300)


def test_the_organisation_holds_together():
    assert len(organisation.SHOPS) == len({shop.name for shop in organisation.SHOPS}) == 40
    subjects = {topic.slug for topic in organisation.TOPICS} | {"fr", "en"}
    teams = {team.slug for team in organisation.TEAMS}
    for colleague in organisation.COLLEAGUES:
        assert set(colleague.skills) <= subjects
        assert set(colleague.teams) <= teams
        assert colleague.email.endswith("@maison.example")
    for subject in subjects:
        assert sum(subject in colleague.skills for colleague in organisation.COLLEAGUES) >= 1
    assert {colleague.role for colleague in organisation.COLLEAGUES} == {
        "admin",
        "manager",
        "agent",
        "expert",
        "reader",
    }


@pytest.mark.parametrize(
    "query", [one.text for one in watches.WATCHES] + [one.words for one in organisation.TOPICS]
)
def test_every_query_is_one(query):
    parse(query)


def test_an_answer_that_would_come_later_is_left_out():
    scenes = [
        {"i": "q", "c": "chat", "w": "Ana|ana|0", "ago": 1.0, "x": "?"},
        {"i": "a", "c": "chat", "w": "us", "re": "q", "after": 59, "x": "!"},
        {"i": "b", "c": "chat", "w": "us", "re": "q", "after": 61, "x": "!!"},
    ]
    real = build._lines
    crowd = Crowd(real("cast.jsonl"), orjson.loads((build.HERE / "words.json").read_bytes()))
    told = spoken(lambda name: scenes if name == "scenes.jsonl" else real(name), crowd, NOW)
    assert [said.text for said in told if said.key in ("ch-q", "ch-a", "ch-b")] == ["?", "!"]
