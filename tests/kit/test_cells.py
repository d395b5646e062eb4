"""No cell that a spreadsheet would run; all else unchanged."""

import csv
import io

import pytest

from entendu.kit.cells import csv_text, safe_cell


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+33 1 23",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1",  # noqa: RUF001
        "＠A",  # noqa: RUF001
        '=HYPERLINK("http://x.example")',
        "\x00=1",
    ],
)
def test_a_formula_is_shown_as_text(cell: str) -> None:
    assert safe_cell(cell)[0] == "'"
    read = list(csv.reader(io.StringIO(csv_text(["a"], [[cell]]).removeprefix("\ufeff"), newline="")))
    assert read[1][0][0] == "'"


@pytest.mark.parametrize(
    "cell", ["", "pain", "a=b", "1-2", 'l’été; "oui"', "ligne\nsuivante", "🤢", 12, None]
)
def test_the_rest_comes_back_as_it_was(cell: object) -> None:
    text = csv_text(["a", "b"], [[cell, "fin"]], delimiter=";").removeprefix("\ufeff")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))[1] == [str(cell), "fin"]
