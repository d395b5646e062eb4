"""Each page, in both themes and both languages: no serious violation that axe-core knows of."""

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "RGAAv4", "best-practice"]
PAGES = {
    "inbox": ("alice", "/inbox/to_take/"),
    "conversation": ("alice", "/inbox/all/1/"),
    "empty box": ("alice", "/inbox/closed/"),
    "reader": ("bob", "/inbox/all/1/"),
    "profile": ("alice", "/me/"),
    "listening": ("alice", "/listen/"),
    "signals": ("alice", "/signals/?state=all"),
    "signal": ("alice", "/signals/1/"),
    "writer": ("alice", "/writer/"),
    "people": ("alice", "/people/"),
    "person": ("alice", "/people/1/"),
    "queries": ("alice", "/queries/"),
    "readings": ("alice", "/readings/"),
    "check": ("alice", "/readings/check/"),
    "learned": ("alice", "/readings/learned/"),
    "a query": ("alice", "/queries/1/"),
    "a new query": ("alice", "/queries/add/?text=pain+OU"),
    "register": ("bob", "/queries/register/"),
    "opt-outs": ("alice", "/queries/opt-outs/"),
    "channels": ("alice", "/channels/"),
    "ledger": ("alice", "/ledger/"),
    "team": ("alice", "/team/"),
    "dashboard": ("alice", "/dashboard/"),
    "API": ("alice", "/api/docs"),
    "second factor": ("alice", "/accounts/2fa/"),
    "sessions": ("alice", "/accounts/sessions/"),
    "sign-in": ("", "/accounts/login/"),
    "forgotten password": ("", "/accounts/password/reset/"),
    "link": ("", "/enter/anything/"),
    "nothing": ("", "/nowhere/"),
}


def violations(page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page(browser, name: str, theme: str, language: str) -> None:
    who, url = PAGES[name]
    page = browser(who, language=language, theme=theme)
    page.goto(url)
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("opened", ["help", "palette"])
def test_dialog(browser, theme: str, opened: str) -> None:
    page = browser("alice", theme=theme)
    page.goto("/inbox/all/1/")
    page.keyboard.press("?" if opened == "help" else "Control+k")
    page.wait_for_selector(f"#{opened}[open]")
    assert violations(page) == []


@pytest.mark.parametrize(
    "url",
    [
        "/inbox/to_take/",
        "/inbox/all/1/",
        "/me/",
        "/queries/",
        "/queries/1/",
        "/signals/?state=all",
        "/signals/1/",
    ],
)
def test_narrow(browser, url: str) -> None:
    page = browser("alice", width=320, height=700)
    page.goto(url)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_planted_fault_is_found(browser) -> None:
    page = browser("alice")
    page.goto("/me/")
    page.evaluate("document.getElementById('main').append(document.createElement('button'))")
    assert any("button-name" in one for one in violations(page))
