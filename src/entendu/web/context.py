"""What every page of the shell shows around its own content."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from entendu.accounts.models import Membership
from entendu.analysis.models import Signal
from entendu.analysis.moving import count_new
from entendu.conversations import boxes
from entendu.mentions.masking import rules_of
from entendu.web import alarms, nav


def shell(request: HttpRequest) -> dict[str, Any]:
    """Names for the templates: `actor`, `memberships`, `theme`, `menu`, `counts`, `masks`, `alarms`. The last four
    are computed when a template shows them: fragments do not."""
    actor = getattr(request, "actor", None)
    context: dict[str, Any] = {
        "actor": actor,
        "memberships": getattr(request, "memberships", []),
        "theme": actor.user.theme if actor else "system",
        "languages": settings.LANGUAGES,
        "undo_seconds": settings.UNDO_SECONDS,
    }
    if actor is not None:
        counts = SimpleLazyObject(lambda: counts_of(actor))
        context["counts"] = counts
        context["masks"] = SimpleLazyObject(lambda: rules_of([actor.organisation_id])[actor.organisation_id])
        context["alarms"] = SimpleLazyObject(
            lambda: alarms.in_words(alarms.open_alarms(actor)[: alarms.SHOWN])
        )
        context["may_answer"] = actor.may("answer")
        context["menu"] = SimpleLazyObject(lambda: nav.menu(request, actor, counts))  # type: ignore[arg-type]
    return context


def counts_of(actor: Membership) -> dict[str, int]:
    """The numbers of the menu: what each box holds, the alarms, and the signals that nobody has seen."""
    return boxes.counts(actor) | {
        "alarms": alarms.open_alarms(actor).count(),
        "signals": count_new(Signal.objects.visible_to(actor)),
    }
