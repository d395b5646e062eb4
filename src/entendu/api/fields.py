"""Fields of what programs send: bounded, so that nothing reaches the store that it cannot hold."""

from datetime import datetime
from typing import Annotated

from ninja import Path, Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field
from pydantic_core import PydanticCustomError

GREATEST = 2**63 - 1  # of a column of ids


def storable(text: str) -> str:
    """The text, unless it holds what no database keeps: NUL, or half of a pair of UTF-16."""
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise PydanticCustomError("text_unusable", "This text holds characters that cannot be kept.")
    return text


Text = Annotated[str, Field(max_length=100_000), AfterValidator(storable)]
Line = Annotated[str, Field(max_length=400), AfterValidator(storable)]
Code = Annotated[str, Field(max_length=40, pattern=r"^[\w-]*$")]
Id = Annotated[int, Field(ge=1, le=GREATEST)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]
Moment = AwareDatetime

PathId = Annotated[int, Path(ge=1, le=GREATEST)]
PathNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]


class Given(Schema):
    """What a program sends: known fields only."""

    model_config = ConfigDict(extra="forbid")


class Listing(Given):
    """How a list is asked for: `cursor` is the `next` of the page before, `limit` at most 200 rows."""

    cursor: Line = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Between(Listing):
    """A list of things dated from `since` (included) to `until` (excluded)."""

    since: Moment | None = None
    until: Moment | None = None

    def dates(self, column: str) -> dict[str, datetime]:
        """The conditions on `column`."""
        found = {f"{column}__gte": self.since, f"{column}__lt": self.until}
        return {name: moment for name, moment in found.items() if moment is not None}
