"""The editor in a real browser: its colours are those of the language, what is wrong is underlined, all by keys."""

import pytest

from entendu.reading.query.spans import spans

TEXTS = [
    'tourlevent AND (malade* OU "food poisoning") SAUF -moulin',
    "(retard OR late) NEAR/5 commande PRÈS/3 x PRES",
    'lang:fr channel:"Notre boîte" abonnés>=5k followers:>1000 site:https://example.org/a author:@zoe',
    "#levain @levain $LVN #️⃣ # @ -#non",
    "https://example.org/a:b nom::x a=b x>3 -",
    "« pain au chocolat » “a b” „c” 🤢 🥐* *gate 面包* خبز OR à ÉTÉ et or",
    'pain "jamais fermé',
    "pain nom:x brioche",
    "pain channel: brioche",
    "a\nb\t(c)",
    "l’été Œuf\u00a0oui",
]


def pieces(page) -> list[tuple[str, str]]:
    """What the page paints, in pieces: (class, text); the spaces between them are no piece."""
    found = page.evaluate(
        "[...document.querySelectorAll('.query-paint span')].map(one => [one.className, one.textContent])"
    )
    return [(name.removeprefix("q-"), text) for name, text in found if name]


@pytest.mark.parametrize("text", TEXTS)
def test_the_colours_are_those_of_the_language(browser, text: str) -> None:
    page = browser("alice")
    page.goto("/queries/add/")
    page.fill("#text", text)
    wanted = [(one.sort, text[one.position : one.position + one.length]) for one in spans(text)]
    assert pieces(page) == wanted
    painted = page.evaluate("document.querySelector('.query-paint').textContent")
    assert painted == text + "\n"


@pytest.mark.parametrize(("language", "sentence"), [("en", "needs a word"), ("fr", "attend un mot")])
def test_what_is_wrong_is_underlined_and_said_beside_the_field(browser, language: str, sentence: str) -> None:
    page = browser("alice", language=language)
    page.goto("/queries/add/")
    page.fill("#text", "🥐🥐 crème OU")
    page.wait_for_selector(f"#text-trouble:has-text('{sentence}')")
    page.wait_for_selector(".q-wrong")
    assert page.inner_text(".q-wrong") == "OU"
    assert page.get_attribute("#text", "aria-invalid") is not None
    page.fill("#text", "crème OU galette")
    page.wait_for_selector("#preview .big-number")
    assert page.locator("#text-trouble .trouble").count() == 0
    assert page.locator(".q-wrong").count() == 0
    assert page.get_attribute("#text", "aria-invalid") is None


def test_a_query_is_written_and_kept_by_keys_alone(browser) -> None:
    page = browser("maud")
    page.goto("/queries/add/")
    page.focus("#name")
    page.keyboard.type("Desserts")
    page.keyboard.press("Tab")
    page.keyboard.type("dessert OR fève")
    page.select_option("#basis", "contract")
    page.focus("#purpose")
    page.keyboard.type("répondre")
    page.focus("#text")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("h1:has-text('Desserts')")
    page.wait_for_selector("#past progress")  # the search of the past waits for a worker, and can be stopped
    page.click("#past button:has-text('Stop')")
    page.wait_for_selector("#past :text('stopped by Maud')")
    assert page.locator("#past progress").count() == 0
