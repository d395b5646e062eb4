"""The path of answering, by keys alone; and what colleagues do meanwhile, live."""

import pytest

TEXT = "Bonjour Camille, vous avez raison. Je m’en occupe."


def opened(page, number: int = 1):
    page.goto(f"/inbox/all/{number}/")
    page.wait_for_selector("html[data-live=on]")
    return page


def test_answer_by_keys_alone(browser) -> None:
    page = browser("alice")
    page.goto("/inbox/to_take/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reply-text")
    page.keyboard.press("r")
    page.keyboard.type(TEXT)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=It leaves in a few seconds.")
    assert page.locator(".say-ours").inner_text().count(TEXT) == 1
    assert page.input_value("#reply-text") == ""
    page.keyboard.press("z")
    page.wait_for_selector("text=Taken back. Nothing left.")
    assert page.input_value("#reply-text") == TEXT


def test_single_keys_rest_while_one_types(browser) -> None:
    page = opened(browser("alice"), 2)
    page.keyboard.press("r")
    page.keyboard.type("ne jamais")
    assert page.input_value("#reply-text") == "ne jamais"
    assert page.locator("dialog[open]").count() == 0
    page.locator("#timeline").focus()
    page.keyboard.press("e")
    page.wait_for_selector("text=Closed.")
    page.keyboard.press("z")
    page.wait_for_selector("text=Open again.")


def test_a_draft_survives_a_reload(browser) -> None:
    page = opened(browser("alice"), 3)
    page.keyboard.press("m")
    page.keyboard.type("À demander à Sofiane")
    page.reload()
    assert page.input_value("#note-text") == "À demander à Sofiane"


def test_the_palette_finds_without_accents_and_goes_there(browser) -> None:
    page = browser("alice", language="fr")
    page.goto("/me/")
    page.keyboard.press("Control+k")
    page.keyboard.type("a prendre")
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/to_take/")


def test_go_and_help(browser) -> None:
    page = browser("alice")
    page.goto("/me/")
    page.keyboard.press("?")
    assert page.locator("#help[open]").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox/to_take/")


def test_what_a_colleague_does_appears_by_itself(browser, live_site) -> None:
    page = opened(browser("alice"), 4)
    live_site.tell("maud_writes:4")
    page.wait_for_selector("text=Maud Orchestre is writing…")
    page.wait_for_selector('[data-row="4"] .face-dot-writing')
    live_site.tell("maud_notes:4")
    page.wait_for_selector("text=Le lot est retiré de la vente.")


def test_an_answer_that_crosses_another_is_stopped_with_its_text_kept(browser, live_site) -> None:
    page = opened(browser("alice"), 3)
    page.keyboard.press("r")
    page.keyboard.type(TEXT)
    live_site.tell("maud_replies:3")
    page.wait_for_selector("text=je m’en occupe.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=Something happened here since you opened this conversation.")
    assert page.input_value("#reply-text") == TEXT
    page.focus("#reply-text")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("text=It leaves in a few seconds.")


def test_who_leaves_the_organisation_hears_no_more(browser, live_site) -> None:
    page = opened(browser("maud"), 1)
    live_site.tell("maud_leaves")
    page.wait_for_selector("text=You belong to no organisation yet.")


@pytest.mark.parametrize("layout", ["q", "a"])
def test_keys_follow_the_letters_not_the_places(browser, layout: str) -> None:
    """On AZERTY the letter M lies where QWERTY has a semicolon: only `key` is read."""
    page = opened(browser("alice"), 1)
    code = {"q": "KeyM", "a": "Semicolon"}[layout]
    page.evaluate(
        "code => document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'm', code, bubbles: true}))",
        code,
    )
    assert page.evaluate("document.activeElement.id") == "note-text"


def test_the_theme_changes_at_once_and_stays(browser) -> None:
    page = browser("alice")
    page.goto("/me/")
    page.locator(".nav-me summary").click()
    with page.expect_response("**/me/theme/"):
        page.locator("button[value=dark]").click()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-bs-theme") == "dark"
    page.locator(".nav-me summary").click()
    with page.expect_response("**/me/theme/"):
        page.locator("button[value=system]").click()


def test_panes_are_pages_on_a_narrow_screen(browser) -> None:
    page = browser("alice", width=390, height=844)
    page.goto("/inbox/to_take/")
    page.locator("[data-row]").first.click()
    page.wait_for_selector("#reply-text")
    assert not page.locator(".list-pane").is_visible()
    page.locator(".back").click()
    page.wait_for_url("**/inbox/to_take/")
    assert page.locator(".list-pane").is_visible()
