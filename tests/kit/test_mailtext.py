"""Samples written for these tests, as the usual French and English clients build their answers."""

import re
from pathlib import Path

import pytest

from entendu.kit.mailtext import fold

DATA = Path(__file__).parent / "data"


def samples(name):
    parts = re.split(r"^=== (.+)\n", (DATA / name).read_text(), flags=re.MULTILINE)
    return {title: text[:-1] for title, text in zip(parts[1::2], parts[2::2], strict=True)}


FOLDED = {title: text.split("\n--- said\n") for title, text in samples("folded_mails.txt").items()}
KEPT_WHOLE = samples("whole_mails.txt")


@pytest.mark.parametrize("name", FOLDED)
def test_fold_keeps_what_the_person_wrote_and_hides_the_rest(name):
    mail, expected = FOLDED[name]
    said, quoted = fold(mail)
    assert said == expected
    assert quoted


@pytest.mark.parametrize("name", KEPT_WHOLE)
def test_fold_hides_nothing_when_all_of_it_is_content(name):
    assert fold(KEPT_WHOLE[name]) == (KEPT_WHOLE[name], "")


def test_fold_keeps_answers_written_between_the_quoted_lines():
    said, _ = fold(
        "Voir ci-dessous.\n\nLe 3 nov. 2026 à 10:02, Care <care@ex.test> a écrit :\n"
        "> Quelle est la référence ?\nREF-42\n> Et la date ?\nlundi\n\nEnvoyé de mon iPhone"
    )
    assert said.splitlines()[-4:] == ["> Quelle est la référence ?", "REF-42", "> Et la date ?", "lundi"]
    assert "a écrit" not in said
    assert "iPhone" not in said


def test_fold_loses_no_line():
    for mail, _ in FOLDED.values():
        said, quoted = fold(mail)
        kept = said + quoted
        assert all(line.strip() in kept or "écrit" in line or "wrote" in line for line in mail.splitlines())


@pytest.mark.parametrize(
    "line", ["On " + "a " * 5000 + "wrote:", "From: " * 3000, "> " * 20000, "Le " * 9000 + "a écrit :"]
)
def test_fold_bears_lines_made_to_slow_it_down(line):
    said, quoted = fold("\n".join([line] * 20))
    assert said or quoted
