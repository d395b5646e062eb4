"""Measures: the same numbers as on the screens and on the command line."""

from typing import Any

from ninja import Query, Router

from entendu.accounts.models import Organisation
from entendu.analysis.models import Topic
from entendu.api.access import Call
from entendu.api.errors import Refused
from entendu.api.fields import Code
from entendu.api.schemas.measures import MeasureOut, Period, ValueOut
from entendu.channels.models import Channel
from entendu.measures.compute import BadPeriod, UnknownMeasure, definition, last_days, measure, read_by
from entendu.measures.registry import MEASURES

router = Router(tags=["measures"])


@router.get("", response=list[MeasureOut])
def list_measures(request: Call) -> list[dict[str, Any]]:
    """All definitions, each with its formula and where it comes from."""
    return [
        {
            "slug": one.slug,
            "name": str(one.name),
            "unit": one.unit,
            "better": one.better,
            "formula": one.formula,
        }
        for one in MEASURES.values()
    ]


@router.get("/{slug}", response=ValueOut)
def one_measure(request: Call, slug: Code, period: Query[Period]) -> dict[str, Any]:
    """A measure over a period: value, n, median, p90, parts, day by day, and the period before."""
    since, until = _days(request.auth.organisation, period)
    _demand_visible(request, period)
    try:
        definition(slug)
        found = measure(
            request.auth.organisation,
            slug,
            since,
            until,
            channel=period.channel,
            language=period.language,
            topic=period.topic,
        )
    except UnknownMeasure as error:
        raise Refused(404, "not_found") from error
    except BadPeriod as error:
        raise Refused(422, "invalid", [{"field": "query.until", "code": str(error)}]) from error
    versions = read_by(request.auth.organisation, found.since, found.until)
    return found.as_dict() | {"read_by": versions}


def _days(organisation: Organisation, period: Period) -> Any:
    since, until = last_days(organisation, 30)
    if period.since and not period.until:
        return period.since, max(period.since, until)
    return period.since or since, period.until or until


def _demand_visible(request: Call, period: Period) -> None:
    """A channel or a topic of others is not found, rather than empty."""
    if period.channel and not Channel.objects.visible_to(request.auth).filter(pk=period.channel).exists():
        raise Refused(404, "not_found")
    if period.topic and not Topic.objects.visible_to(request.auth).filter(pk=period.topic).exists():
        raise Refused(404, "not_found")
