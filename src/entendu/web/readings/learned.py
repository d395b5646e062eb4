"""What was learned here from people's words, and the topics that the machine proposes."""

from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entendu.analysis.models import Learned, Proposal, ProposalState, Subject, Topic
from entendu.analysis.models.analysis import Intent
from entendu.analysis.propose import Decided, merge_proposal, propose, refuse_proposal, take_proposal
from entendu.mentions.models import Mention
from entendu.reading.own import FEWEST, OwnModel, Quality, from_json
from entendu.web.access import Asked, may, page
from entendu.web.queries.words import ERRORS

SAMPLES = 4


@dataclass(frozen=True)
class Label:
    """A label of the organisation's own model: how well it is known, by which words; `missing` examples, if any."""

    name: str
    quality: Quality | None = None
    words: list[str] = field(default_factory=list)
    missing: int = 0


@dataclass(frozen=True)
class Proposed:
    """A proposal with what a few of its messages say."""

    it: Proposal
    samples: list[Mention]


@require_GET
@page
def learned(request: Asked) -> HttpResponse:
    """The page."""
    return _page(request)


@require_POST
@may("listen")
def look(request: Asked) -> HttpResponse:
    """Looks for groups now rather than tonight."""
    found = propose(request.actor.organisation)
    if not found:
        messages.info(request, _("No group stands out among the messages without a topic."))
    return redirect("readings_learned")


@require_POST
@may("listen")
def take(request: Asked, proposal: int) -> HttpResponse:
    """A topic of its own."""
    found = _find(request, proposal)
    names = {name: request.POST.get(name, "").strip() for name in ("name_fr", "name_en")}
    try:
        topic = take_proposal(found, by=request.actor, **names)
    except Decided:
        return _decided(request)
    except ValueError as error:
        return _page(request, at=proposal, typed=names, error=str(ERRORS.get(str(error), error)))
    messages.success(request, _("“%(name)s” is a topic; its messages teach it.") % {"name": topic})
    return redirect("readings_learned")


@require_POST
@may("listen")
def merge(request: Asked, proposal: int) -> HttpResponse:
    """Its messages belong to a topic that is there."""
    found = _find(request, proposal)
    topic = Topic.objects.visible_to(request.actor).filter(slug=request.POST.get("topic", "")).first()
    if topic is None:
        messages.error(request, _("Choose one of the list."))
        return redirect("readings_learned")
    try:
        merge_proposal(found, topic, by=request.actor)
    except Decided:
        return _decided(request)
    messages.success(request, _("Its messages are about “%(name)s” now, and teach it.") % {"name": topic})
    return redirect("readings_learned")


@require_POST
@may("listen")
def refuse(request: Asked, proposal: int) -> HttpResponse:
    """No topic."""
    try:
        refuse_proposal(_find(request, proposal), by=request.actor)
    except Decided:
        return _decided(request)
    messages.success(request, _("Refused. A group much like it is not proposed again."))
    return redirect("readings_learned")


def _find(request: Asked, proposal: int) -> Proposal:
    return get_object_or_404(
        Proposal.objects.visible_to(request.actor).select_related("organisation"), pk=proposal
    )


def _decided(request: Asked) -> HttpResponse:
    messages.error(request, _("A colleague decided on it meanwhile."))
    return redirect("readings_learned")


def _page(
    request: Asked, *, at: int = 0, typed: dict[str, str] | None = None, error: str = ""
) -> HttpResponse:
    rows = {one.subject: one for one in Learned.objects.visible_to(request.actor)}
    topics = {str(one.pk): one for one in Topic.objects.visible_to(request.actor).order_by("slug")}
    context = {
        "topics_learned": _labels(rows.get(Subject.TOPICS), {pk: str(one) for pk, one in topics.items()}),
        "intents_learned": _labels(rows.get(Subject.INTENTS), {str(k): str(v) for k, v in Intent.choices}),
        "models": rows,
        "topics": topics.values(),
        "proposals": _proposed(request),
        "can_listen": request.actor.may("listen"),
        "fewest": FEWEST,
        "at": at,
        "typed": typed or {},
        "error": error,
    }
    return render(request, "readings/learned.html", context, status=422 if error else 200)


def _labels(row: Learned | None, names: dict[str, str]) -> list[Label]:
    if row is None or not row.data:
        return []
    model: OwnModel = from_json(row.data)
    known = [
        Label(names[one], model.quality.get(one), model.words_of(one)) for one in model.labels if one in names
    ]
    waiting = [
        Label(names[one], missing=max(1, FEWEST - count))
        for one, count in model.too_few.items()
        if one in names
    ]
    return known + waiting


def _proposed(request: Asked) -> list[Proposed]:
    found = list(
        Proposal.objects.visible_to(request.actor).filter(state=ProposalState.OPEN).order_by("-people", "id")
    )
    wanted = {pk for one in found for pk in one.mentions[:SAMPLES]}
    said = Mention.objects.visible_to(request.actor).filter(deleted_at__isnull=True).in_bulk(wanted)
    return [Proposed(one, [said[pk] for pk in one.mentions[:SAMPLES] if pk in said]) for one in found]
