"""The screens besides the inbox, in a real browser: no serious violation of axe-core, and triage by keys alone."""

import pytest

from pages.test_accessible import violations

PAGES = {
    "listening": ("alice", "/listen/"),
    "listening, narrowed": ("alice", "/listen/?end=watched&sentiment=negative"),
    "bad search": ("alice", "/listen/?q=(pain"),
    "nothing found": ("bob", "/listen/?topic=nowhere"),
    "people": ("alice", "/people/"),
    "person": ("alice", "/people/1/"),
    "queries": ("alice", "/queries/"),
    "query": ("alice", "/queries/add/?text=pain OR"),
    "topics": ("alice", "/queries/topics/"),
    "channels": ("alice", "/channels/"),
    "kinds of channels": ("alice", "/channels/add/"),
    "new mailbox": ("alice", "/channels/add/mail/"),
    "new webhook": ("alice", "/channels/add/webhook/"),
    "followed addresses": ("alice", "/channels/2/sources/"),
    "links to us": ("alice", "/channels/3/"),
    "unreadable": ("alice", "/channels/1/unread/"),
    "spread": ("alice", "/listen/{storm}/spread/"),
    "places": ("alice", "/places/"),
    "share of voice": ("alice", "/voice/"),
    "ledger": ("alice", "/ledger/"),
    "receipts": ("alice", "/ledger/receipts/"),
    "team": ("alice", "/team/"),
    "trail": ("alice", "/team/trail/"),
}


@pytest.fixture(scope="session", autouse=True)
def things_said(live_site) -> None:
    live_site.tell("people_speak")


WIDE = """[...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > 330 && !one.closest('.table-wrap'))
    .map(one => one.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "fr")])
@pytest.mark.parametrize("name", PAGES)
def test_page(browser, storm: str, name: str, theme: str, language: str) -> None:
    who, url = PAGES[name]
    page = browser(who, language=language, theme=theme)
    page.goto(url.replace("{storm}", storm))
    page.evaluate(
        "[...document.querySelectorAll('main details')].slice(0, 4).forEach(one => one.open = true)"
    )
    assert violations(page) == []
    page.evaluate("document.querySelectorAll('main details.menu').forEach(one => one.open = false)")
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(WIDE) == []


@pytest.fixture(scope="session")
def storm(live_site) -> str:
    """The newest message of a group of near-duplicates."""
    return live_site.tell("storm").strip()


def _rows(page) -> list[str]:
    return [row.get_attribute("data-row") for row in page.locator("[data-row]").all()]


def test_triage_by_keys_alone(browser) -> None:
    page = browser("alice")
    page.goto("/listen/?end=watched")
    before = _rows(page)
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.locator(f"#said-{before[0]} a", has_text="in conversation").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.get_by_text("chosen: 2").wait_for()
    page.keyboard.press("d")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the second reason
    page.get_by_text("2 messages dropped.").wait_for()
    assert not {before[1], before[2]} & set(_rows(page))
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('[data-row]')")


def test_one_row_is_dropped_by_its_own_menu(browser) -> None:
    page = browser("alice")
    page.goto("/listen/?end=watched")
    row = page.locator("[data-row]").first
    pk = row.get_attribute("data-row")
    row.locator("[data-drop-row] summary").click()
    row.get_by_role("button", name="spam").click()
    page.get_by_text("1 message dropped.").wait_for()
    assert pk not in _rows(page)


def test_a_drop_waits_and_is_taken_back(browser) -> None:
    page = browser("alice")
    page.goto("/listen/?end=watched")
    first = _rows(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    page.get_by_text("Dropped in five seconds: 1").wait_for()
    assert page.locator(f"#said-{first}").is_hidden()
    page.keyboard.press("z")
    page.get_by_text("Nothing was dropped.").wait_for()
    assert page.locator(f"#said-{first}").is_visible()
    page.reload()
    assert first in _rows(page)


def test_a_drop_is_sent_when_the_page_is_left(browser) -> None:
    page = browser("alice")
    page.goto("/listen/?end=watched")
    first = _rows(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.keyboard.press("Enter")
    page.get_by_text("Dropped in five seconds: 1").wait_for()
    page.goto("/ledger/")
    page.goto("/listen/?end=watched")
    if first in _rows(page):  # the beacon may arrive after the next page
        page.reload()
    assert first not in _rows(page)


def test_watching_by_key_is_undone_by_key(browser) -> None:
    page = browser("alice")
    page.goto("/listen/?end=unseen")
    first = _rows(page)[0]
    page.keyboard.press("j")
    page.keyboard.press("w")
    page.locator(f"#said-{first}").get_by_text("watched: Alice Roy").wait_for()
    page.keyboard.press("z")
    page.get_by_text("Taken back.").wait_for()
    assert page.locator(f"#said-{first}").get_by_text("watched: Alice Roy").count() == 0


def test_shift_chooses_a_range_and_a_folded_row_counts_all(browser, storm: str) -> None:
    page = browser("alice")
    page.goto("/listen/?end=watched&fold=no")
    page.keyboard.press("j")
    page.keyboard.press("x")
    for _step in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    page.get_by_text("chosen: 4").wait_for()
    page.goto("/listen/?end=watched&q=tournée")
    row = page.locator(f"#said-{storm}")
    row.get_by_role("button", name="show 4 near-duplicates").click()
    page.locator(f"#copies-{storm} [data-row]").nth(3).wait_for()
    row.locator(".said-check").check()
    page.get_by_text("chosen: 1 (messages: 5)").wait_for()
    row.get_by_role("button", name="show 4 near-duplicates").click()
    assert page.locator(f"#copies-{storm} [data-row]").count() == 0


def test_reading_is_corrected_in_its_row(browser) -> None:
    page = browser("alice")
    page.goto("/listen/?end=watched")
    row = page.locator("[data-row]").last
    row.get_by_label("Correct what was read").click()
    row.get_by_role("button", name="idea", exact=True).click()
    page.get_by_text("Corrected.").wait_for()
    assert row.get_by_text("corrected by Alice Roy").count() == 1


def test_more_rows_come_at_the_end(browser) -> None:
    page = browser("alice")
    page.goto("/listen/")
    assert len(_rows(page)) == 20
    page.get_by_role("link", name="Show more").click()
    page.locator("[data-row]").nth(20).wait_for()


def test_query_is_tried_while_it_is_typed(browser) -> None:
    page = browser("alice")
    page.goto("/queries/add/")
    page.locator("#text").press_sequentially("(brioche")
    page.get_by_text("never closed").wait_for()
    page.locator("#text").press_sequentially(")")
    page.get_by_text("messages found").wait_for()


def test_other_account_is_found_while_its_name_is_typed(browser) -> None:
    page = browser("alice")
    page.goto("/people/1/")
    page.locator("#other").press_sequentially("passant")
    page.get_by_role("radio").first.wait_for()
    assert violations(page) == []
