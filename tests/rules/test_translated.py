"""Every text on screen exists in French and in English: catalogues complete and compiled, no bare text in templates."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.tree import SRC, modules, plant

LOCALE = SRC / "locale"
BLOCK = re.compile(
    r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}|{#.*?#}|{%\s*comment.*?endcomment\s*%}",
    re.DOTALL,
)
TAG = re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL)
SPOKEN = re.compile(r'\b(?:title|alt|placeholder|aria-label)="([^"{]*[^\W\d_]{2,}[^"{]*)"')
MARKUP = re.compile(r"<(?:script|style|svg|kbd|code)\b.*?</(?:script|style|svg|kbd|code)>|<[^>]*>", re.DOTALL)
WORD = re.compile(r"[^\W\d_]{2,}")
NAMES = {
    "Entendu",
    "JSON",
    "CSV",
    "API",
    "Ctrl",
    "Alt",
    "amp",
    "nbsp",
    "middot",
    "rarr",
    "larr",
    "hellip",
    "times",
    "DOCTYPE",
}


def bare_texts(folder: Path) -> Iterator[str]:
    """Words of templates that stand outside any translation tag."""
    for path in sorted(folder.rglob("templates/**/*.html")):
        text = BLOCK.sub(" ", path.read_text(encoding="utf-8"))
        yield from (f"{path.name}: {found.strip()!r}" for found in SPOKEN.findall(TAG.sub("", text)))
        words = set(WORD.findall(MARKUP.sub(" ", TAG.sub(" ", text)))) - NAMES
        yield from (f"{path.name}: {word!r}" for word in sorted(words))


def entries(path: Path) -> Iterator[tuple[str, str, bool]]:
    """The messages of a catalogue: text, translation(s), fuzzy."""
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        fuzzy = bool(re.search(r"^#,.*fuzzy", block, re.MULTILINE))
        lines = "\n".join(line for line in block.splitlines() if not line.startswith("#"))
        msgid = joined(re.search(r'^msgid ((?:".*"\n?)+)', lines, re.MULTILINE))
        if context := joined(re.search(r'^msgctxt ((?:".*"\n?)+)', lines, re.MULTILINE)):
            msgid = f"{context}\x04{msgid}"  # how a compiled catalogue keeps it
        for found in re.finditer(r'^msgstr(?:\[\d\])? ((?:".*"\n?)+)', lines, re.MULTILINE):
            if msgid:
                yield msgid, joined(found), fuzzy


def joined(found: re.Match[str] | None) -> str:
    return "".join(re.findall(r'"(.*)"', found[1])) if found else ""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_catalogue_is_complete(language: str) -> None:
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    found = list(entries(path))
    assert len(found) > 100
    if language == "fr":
        assert [text for text, said, _ in found if not said] == []
    assert [text for text, _, fuzzy in found if fuzzy] == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_catalogue_is_compiled(language: str) -> None:
    folder = LOCALE / language / "LC_MESSAGES"
    compiled = gettext.GNUTranslations((folder / "django.mo").open("rb"))
    plain = [
        (text, said) for text, said, _ in entries(folder / "django.po") if said and "\\" not in text + said
    ]
    stale = [
        text
        for text, said in plain
        if compiled.gettext(text) not in {said, text}
        and said not in {compiled.ngettext(text, text, n) for n in (1, 2)}
    ]
    assert stale == []


def test_templates_say_nothing_untranslated() -> None:
    assert list(bare_texts(SRC)) == []


def test_planted_text_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "templates/page.html", '<p title="Bonjour">{% translate "Fine" %} Hello</p>')
    assert list(bare_texts(tmp_path)) == ["page.html: 'Bonjour'", "page.html: 'Hello'"]


def hidden_names(folder: Path) -> Iterator[str]:
    """Names of gettext that the gathering of texts does not know: what is said by them is in no catalogue."""
    for path, tree in modules(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                for name in node.names:
                    if "gettext" in name.name and name.asname not in (None, "_"):
                        yield f"{path.name}: {name.asname}"


def test_texts_are_said_by_names_that_are_gathered() -> None:
    assert list(hidden_names(SRC)) == []


def test_planted_name_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "page.py", "from django.utils.translation import gettext as _now, gettext_lazy as _\n")
    assert list(hidden_names(tmp_path)) == ["page.py: _now"]


def test_planted_hole_in_a_catalogue_is_found(tmp_path: Path) -> None:
    path = plant(tmp_path, "django.po", 'msgid ""\nmsgstr ""\n\nmsgid "Hello"\nmsgstr ""\n')
    assert list(entries(path)) == [("Hello", "", False)]
