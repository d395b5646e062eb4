# ruff: noqa: E501 - tables of dates
"""Dates of exports, in the shapes that people send."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from entendu.connectors.files.dates import DateReader, UnreadableDate, guess_day_first

NIGHT = datetime(2017, 10, 31, 22, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["yesterday", "", None, True, "31/31/2017", "31 octobre", "October", "10:10", "1", "99999999999999999999",
     "0001-01-01", "9999-12-31", "2017-13-01", "Tue Foo 31 22:10:47 +0000 2017", "٣١/١٠/٢٠١٧ foo", [], {}],
)  # fmt: skip
def test_read_refuses_what_is_no_date(written):
    with pytest.raises(UnreadableDate):
        DateReader().read(written)


@pytest.mark.parametrize(
    "written",
    ["2017-10-31T22:10:00Z", "2017-10-31 22:10", "2017-10-31T23:10:00+01:00", "Tue Oct 31 22:10:00 +0000 2017",
     "Tue Oct 31 18:10:00 -0400 2017", "1509487800", 1509487800, 1509487800.0, "1509487800000", "1509487800.0",
     "20171031221000", "31/10/2017 22:10", "31.10.2017 22:10:00", "31-10-17 22:10", "31/10/2017 à 22h10",
     "31/10/2017 10:10 PM", "2017/10/31 22:10", "Tue, 31 Oct 2017 22:10:00 +0000", "31 octobre 2017 à 22h10",
     "mardi 31 octobre 2017 22:10", "October 31, 2017 10:10 PM", " 2017-10-31 22:10 "],
)  # fmt: skip
def test_read_gives_the_moment(written):
    assert DateReader().read(written) == NIGHT


def test_read_gives_the_zone_to_dates_without_one():
    reader = DateReader(ZoneInfo("America/Montreal"))
    assert reader.read("31/10/2017 18:10") == NIGHT
    assert reader.read("2017-10-31T22:10:00Z") == NIGHT
    assert reader.read("2017-10-31T22:10:00Z").tzinfo is UTC


def test_read_keeps_its_order_whatever_came_before():
    reader = DateReader(day_first=False)
    assert [reader.read(text).day for text in ("03/04/2024", "2024-04-03", "1712102400", "03/04/2024")] == [
        4,
        3,
        3,
        4,
    ]


def test_guess_day_first_looks_until_a_value_decides():
    assert guess_day_first(["01/02/2024", "03/04/2024", "31/12/2024"]) is True
    assert guess_day_first(["01/02/2024", "12/31/2024 10:00"]) is False
    assert guess_day_first(["01/02/2024 9:00 PM"]) is False
    assert guess_day_first(["01/02/2024", "2024-12-31", ""]) is None
