"""The feed connector against a real Isso: comments that visitors write, answer and edit."""

from collections.abc import Iterator

import pytest

from entendu.connectors.feed import FeedConnector
from entendu.connectors.feed.model import read_cursor
from entendu.connectors.feed.visit import Visitor
from issoserver import SITE, Isso, require_isso, running_isso

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def isso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Isso]:
    require_isso()
    with running_isso(tmp_path_factory.mktemp("isso")) as running:
        yield running


def comments_of(isso: Isso, uri: str) -> FeedConnector:
    return FeedConnector({"url": f"{isso.url}/feed?uri={uri}", "allow": isso.host})


def test_comments_and_answers_are_heard_in_their_thread(isso):
    first, _ = isso.comment("/dessert/", "Le dessert était **mauvais** & cher", "Élodie")
    isso.comment("/dessert/", "Moi aussi", parent=first)
    feed = comments_of(isso, "/dessert/")
    page = feed.pull(b"", 100)
    complaint, answer = (feed.parse(raw)[0] for raw in page.raws)
    assert (complaint.text, complaint.author.name) == ("Le dessert était mauvais & cher", "Élodie")
    assert complaint.url == f"{SITE}/dessert/#isso-{first}"
    assert answer.parent_key == complaint.key
    assert answer.thread_key == complaint.thread_key == f"{SITE}/dessert/"
    assert answer.author.key != complaint.author.key


def test_only_what_is_new_comes_again_and_isso_is_asked_conditionally(isso):
    isso.comment("/levain/", "Premier")
    feed = comments_of(isso, "/levain/")
    page = feed.pull(b"", 100)
    state = read_cursor(page.cursor).main
    assert (
        Visitor((isso.host,)).document(state.url, etag=state.etag, modified=state.modified).document is None
    )
    again = feed.pull(page.cursor, 100)
    assert again.raws == ()
    isso.comment("/levain/", "Second")
    assert [feed.parse(raw)[0].text for raw in feed.pull(again.cursor, 100).raws] == ["Second"]


def test_an_edition_by_its_author_is_heard_as_one(isso):
    number, cookie = isso.comment("/pain/", "Tres bon", "Zoé")
    feed = comments_of(isso, "/pain/")
    cursor = feed.pull(b"", 100).cursor
    isso.call("PUT", f"/id/{number}", cookie, text="Très mauvais", author="Zoé", website="")
    isso.comment("/pain/", "Ah bon ?")
    edited, new = (feed.parse(raw)[0] for raw in feed.pull(cursor, 100).raws)
    assert (edited.kind, edited.text) == ("edited", "Très mauvais")
    assert (new.kind, new.text) == ("created", "Ah bon ?")


def test_a_thread_without_comments_is_an_empty_feed_and_a_wrong_address_is_refused(isso):
    feed = comments_of(isso, "/rien/")
    assert feed.pull(b"", 100).raws == ()
    assert feed.health().state == "ok"
    elsewhere = FeedConnector({"url": f"{isso.url}/nowhere", "allow": isso.host})
    assert elsewhere.health().code == "feed_not_found"
