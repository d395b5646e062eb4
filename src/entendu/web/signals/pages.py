"""The list of what moves, one signal with all that explains it, and the verbs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entendu.accounts.paging import slice_of
from entendu.analysis import decide
from entendu.analysis.decide import SignalRefused
from entendu.analysis.models import Mute, Signal, Step
from entendu.analysis.moving import STATES, in_state, said_in_it, where_from
from entendu.analysis.write_line import MOST_TEXTS, NotWritten, write_line, writer_of, written_about
from entendu.reading.summary import summary
from entendu.web.access import Asked, may, page
from entendu.web.signals.rows import rows_of
from entendu.web.signals.words import facts
from entendu.web.writer.pages import TROUBLES

SHOWN = 30  # lines of the list: more at once is more than anybody sees
SUMMED = 150  # messages from which its sentences are taken
VOICES = 12  # messages on the page of a signal; the stream has them all


@require_GET
@page
def show(request: Asked) -> HttpResponse:
    """What moves now, one line each."""
    state = request.GET.get("state", "")
    state = state if state in STATES else "moving"
    signals = in_state(Signal.objects.visible_to(request.actor), state).select_related("quote", "seen_by")
    if state in {"moving", "new"}:  # by urgency, which no cursor can follow
        found, following = list(signals[:SHOWN]), ""
    else:
        part = slice_of(signals, request.GET.get("cursor", ""), SHOWN)
        found, following = part.rows, part.following
    context = {
        **rights(request),
        "rows": rows_of(found),
        "full": len(found) == SHOWN and not following,
        "following": following,
        "state": state,
        "states": states(),
        "mutes": list(
            Mute.objects.visible_to(request.actor)
            .filter(ended_at__isnull=True)
            .select_related("by")
            .order_by("word")
        ),
    }
    return render(request, "signals/signals.html", context)


@require_GET
@page
def one(request: Asked, signal: int) -> HttpResponse:
    """One signal: its people, words, messages and places, and what was done."""
    found = _find(request, signal)
    (row,) = rows_of([found])
    parts = list(found.parts.order_by("-score")[:12])
    part = slice_of(said_in_it(found).select_related("author", "channel"), "", VOICES)
    context = {
        **rights(request),
        "row": row,
        "it": found,
        "lines": lines_of(found),
        "written": written_about(request.actor, subject_of(found), get_language() or "en"),
        "writer": writer_of(request.actor.organisation),
        "also": [(each, facts(each.it)) for each in rows_of(parts)],
        "said": part.rows,
        "following": part.following,
        "wheres": where_from(found),
        "steps": Step.objects.visible_to(request.actor)
        .filter(signal=found)
        .select_related("by")
        .order_by("pk"),
    }
    return render(request, "signals/signal.html", context)


@require_POST
@may("triage")
def seen(request: Asked, signal: int) -> HttpResponse:
    """Somebody has seen it."""
    return _do(request, signal, lambda one: decide.see(one, by=request.actor), _("Noted: you have seen it."))


@require_POST
@may("decide")
def take(request: Asked, signal: int) -> HttpResponse:
    """It is an incident."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        signal,
        lambda one: decide.take(one, by=request.actor, reason=reason),
        _("Taken as an incident."),
    )


@require_POST
@may("decide")
def ignore(request: Asked, signal: int) -> HttpResponse:
    """It is none, for a reason."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        signal,
        lambda one: decide.ignore(one, by=request.actor, reason=reason),
        _("Ignored. It comes back by itself if it doubles."),
    )


@require_POST
@may("decide")
def mute(request: Asked, signal: int) -> HttpResponse:
    """Its word raises nothing any more."""
    reason = request.POST.get("reason", "")
    return _do(
        request,
        signal,
        lambda one: decide.mute(one, by=request.actor, reason=reason),
        _("Muted. The list of muted words is at the end of this page."),
        home=True,
    )


@require_POST
@may("triage")
def write(request: Asked, signal: int) -> HttpResponse:
    """Lets the writer of the organisation say in one line what the messages say."""
    found = _find(request, signal)
    said = list(said_in_it(found).select_related("author")[:MOST_TEXTS])
    try:
        write_line(subject_of(found), said, language=get_language() or "en", by=request.actor)
    except NotWritten as trouble:
        messages.warning(request, str(TROUBLES[trouble.code]))
    return redirect("signal", signal=signal)


@require_POST
@may("decide")
def unmute(request: Asked, mute: int) -> HttpResponse:
    """It may raise signals again."""
    found = get_object_or_404(Mute.objects.visible_to(request.actor), pk=mute)
    decide.unmute(found, by=request.actor)
    messages.success(request, _("This word may raise signals again."))
    return redirect("signals")


def subject_of(signal: Signal) -> str:
    """What a written line is about."""
    return f"signal/{signal.pk}"


def rights(request: Asked) -> dict[str, Any]:
    """What the reader may do."""
    return {"can_see": request.actor.may("triage"), "can_decide": request.actor.may("decide")}


def lines_of(signal: Signal) -> list[str]:
    """The sentences that say most of what its messages say."""
    rows = said_in_it(signal).values_list("title", "text")[:SUMMED]
    return [
        one.text for one in summary([f"{title}\n{text}" if title else text for title, text in rows], most=3)
    ]


def states() -> list[tuple[str, str]]:
    """The lists, in words."""
    names = {
        "moving": _("Moving now"),
        "new": _("Nobody has seen"),
        "decided": _("Decided"),
        "ended": _("Quiet again"),
        "all": pgettext("signals", "All"),
    }
    return [(name, names[name]) for name in STATES]


def _find(request: Asked, signal: int) -> Signal:
    rows = Signal.objects.visible_to(request.actor).select_related(
        "quote", "seen_by", "decided_by", "part_of"
    )
    return get_object_or_404(rows, pk=signal)


def _do(
    request: Asked, signal: int, verb: Callable[[Signal], object], words: str, *, home: bool = False
) -> HttpResponse:
    found = _find(request, signal)
    try:
        verb(found)
        messages.success(request, words)
    except SignalRefused as refusal:
        messages.error(request, str(refusal))
    target = request.POST.get("next", "")
    if home:
        return redirect("signals")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else reverse("signal", args=[signal]))


PATHS = [
    path("signals/", show, name="signals"),
    path("signals/<int:signal>/", one, name="signal"),
    path("signals/<int:signal>/seen/", seen, name="signal_seen"),
    path("signals/<int:signal>/take/", take, name="signal_take"),
    path("signals/<int:signal>/ignore/", ignore, name="signal_ignore"),
    path("signals/<int:signal>/mute/", mute, name="signal_mute"),
    path("signals/<int:signal>/write/", write, name="signal_write"),
    path("signals/mutes/<int:mute>/end/", unmute, name="signal_unmute"),
]
