"""Triage: open a conversation, drop with a reason, one row or many; and correct what was read."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from entendu.analysis.models import Copy
from entendu.conversations.correct import correct as correct_reading
from entendu.conversations.errors import VerbRefused
from entendu.conversations.listen import drop_by_hand, open_by_hand, watch_by_hand
from entendu.mentions.models import Mention
from entendu.web.access import Asked, may
from entendu.web.listen.pages import rights
from entendu.web.listen.rows import loaded, rows_of

MOST = 200  # mentions that one form may name


@require_POST
@may("triage")
def open_(request: Asked) -> HttpResponse:
    """Opens a conversation from each mention that the form names."""
    done = _each(request, lambda one: open_by_hand(one, by=request.actor))
    count = len(done.acted)
    words = ngettext("%(n)d conversation opened.", "%(n)d conversations opened.", count) % {"n": count}
    return _answer(request, done, words)


@require_POST
@may("triage")
def watch(request: Asked) -> HttpResponse:
    """Each mention that the form names asks for nothing; with `undo`, nobody has decided that any more."""
    undo = "undo" in request.POST
    done = _each(request, lambda one: watch_by_hand(one, by=request.actor, on=not undo))
    count = len(done.acted)
    if undo:
        return _answer(request, done, _("Taken back."))
    words = ngettext("%(n)d message is only watched.", "%(n)d messages are only watched.", count) % {
        "n": count
    }
    return _answer(request, done, words, undo=True)


@require_POST
@may("triage")
def drop(request: Asked) -> HttpResponse:
    """Drops each mention that the form names, for its reason."""
    one, colon, reason = request.POST.get("one", "").partition(":")
    chosen = reason if colon else request.POST.get("reason", "")
    done = _each(request, lambda one: drop_by_hand(one, by=request.actor, reason=chosen), only=one)
    count = len(done.acted)
    words = ngettext("%(n)d message dropped.", "%(n)d messages dropped.", count) % {"n": count}
    return _answer(request, done, words, gone=True)


@require_POST
@may("correct")
def correct(request: Asked, mention: int) -> HttpResponse:
    """Says otherwise than the machine."""
    found = get_object_or_404(Mention.objects.visible_to(request.actor), pk=mention)
    done = Done([], [])
    try:
        correct_reading(
            found,
            by=request.actor,
            facet=request.POST.get("facet", ""),
            value=request.POST.get("value", ""),
        )
        done.acted.append(found.pk)
    except VerbRefused as refusal:
        done.refusals.append(str(refusal))
    return _answer(request, done, _("Corrected. The machine's word is kept beside yours."))


class Done:
    """What became of a form: the mentions acted on, why others were not, which rows were named, and how many
    near-duplicates of theirs are left for another time."""

    def __init__(self, acted: list[int], refusals: list[str]) -> None:
        self.acted = acted
        self.refusals = refusals
        self.named: list[int] = []
        self.left = 0


def _each(request: Asked, verb: Callable[[Mention], object], only: str | None = None) -> Done:
    done = Done([], [])
    done.named = _ids(
        [only] if only else [request.POST["one"]] if "one" in request.POST else _checked(request)
    )
    wanted = _with_copies(request, done) if "folded" in request.POST else done.named
    found = {one.pk: one for one in Mention.objects.visible_to(request.actor).filter(pk__in=wanted)}
    for pk in wanted:
        try:
            if pk not in found:
                raise VerbRefused("no_mention")
            verb(found[pk])
            done.acted.append(pk)
        except VerbRefused as refusal:
            if (
                pk in done.named
            ):  # of the copies, those that are treated already are none of the person's business
                done.refusals.append(str(refusal))
    if not wanted:
        done.refusals.append(_("Choose at least one message."))
    return done


def _with_copies(request: Asked, done: Done) -> list[int]:
    """The rows that the form names and, for those chosen as the whole of a cluster, its copies: MOST at once."""
    whole = set(_ids(request.POST.getlist("folded"))) & set(done.named)
    copies = Copy.objects.visible_to(request.actor)
    clusters = copies.filter(mention__in=whole).values_list("cluster", flat=True)
    others = copies.filter(
        cluster__in=list(clusters), mention__part__isnull=True, mention__deleted_at__isnull=True
    ).exclude(mention__in=done.named)
    ids = list(others.order_by("-said_at").values_list("mention_id", flat=True)[: 50 * MOST])
    room = max(0, MOST - len(done.named))
    done.left = len(ids) - len(ids[:room])
    return [*ids[:room], *done.named]


def _checked(request: Asked) -> list[str]:
    return request.POST.getlist("mention")[:MOST]


def _ids(texts: Sequence[str]) -> list[int]:
    plain = [text for text in texts if text.isascii() and text.isdigit() and len(text) < 18]
    return list(dict.fromkeys(int(text) for text in plain))


def _answer(
    request: Asked, done: Done, words: str, *, gone: bool = False, undo: bool = False
) -> HttpResponse:
    """The rows as they are now, each in its place; without JavaScript, the page again. Refusals are one sentence
    for each kind; nothing acted on at all is a 422."""
    refusals = list(dict.fromkeys(done.refusals))
    if done.left:
        more = ngettext(
            "%(n)d near-duplicate is left: do it once more.",
            "%(n)d near-duplicates are left: do it once more.",
            done.left,
        )
        refusals.append(more % {"n": done.left})
    if not request.htmx:
        if done.acted:
            messages.success(request, words)
        for sentence in refusals:
            messages.error(request, sentence)
        return HttpResponseRedirect(_back(request))
    if not done.acted:
        return HttpResponse(" ".join(refusals), status=422, content_type="text/plain; charset=utf-8")
    shown = [] if gone else (done.named or done.acted)
    mentions = loaded(Mention.objects.visible_to(request.actor).filter(pk__in=shown), request.actor)
    context = {
        **rights(request),
        "rows": rows_of(list(mentions), request.actor, folded=set(_ids(request.POST.getlist("folded")))),
        "undo": done.acted if undo else [],
        "gone": done.acted if gone else [],
        "said": words,
        "refusals": refusals,
    }
    return render(request, "listen/_acted.html", context)


def _back(request: Asked) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else reverse("listen")
