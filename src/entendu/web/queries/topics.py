"""The topics: what people speak about, known by words in the query language."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entendu.analysis.models import Topic
from entendu.analysis.models.topic import TopicKind
from entendu.analysis.topics import add_topic, change_topic
from entendu.reading.query import QueryError
from entendu.web.access import Asked, may, page
from entendu.web.queries.syntax import Trouble, trouble_of
from entendu.web.queries.words import ERRORS


@require_GET
@page
def topics(request: Asked) -> HttpResponse:
    """The topics, with how many messages are about each."""
    return _page(request)


@require_POST
@may("listen")
def add(request: Asked) -> HttpResponse:
    """A new topic."""
    typed = _typed(request)
    try:
        topic = add_topic(request.actor.organisation, by=request.actor, **typed)
    except QueryError as error:
        return _page(request, typed, trouble=trouble_of(typed["words"], error))
    except ValueError as error:
        return _page(request, typed, error=str(error))
    messages.success(request, _("“%(name)s” is followed from now on.") % {"name": topic})
    return redirect("topics")


@require_POST
@may("listen")
def change(request: Asked, topic: int) -> HttpResponse:
    """Other names or words."""
    found = get_object_or_404(
        Topic.objects.visible_to(request.actor).select_related("organisation"), pk=topic
    )
    typed = _typed(request)
    try:
        change_topic(found, by=request.actor, **typed)
    except QueryError as error:
        return _page(request, typed, trouble=trouble_of(typed["words"], error), topic=topic)
    except ValueError as error:
        return _page(request, typed, error=str(error), topic=topic)
    messages.success(request, _("Kept. It holds for what comes from now on."))
    return redirect("topics")


def _typed(request: Asked) -> dict[str, str]:
    typed = {name: request.POST.get(name, "").strip() for name in ("name_en", "name_fr", "words")}
    return typed | ({"kind": request.POST["kind"]} if "kind" in request.POST else {})


def _page(
    request: Asked,
    typed: dict[str, str] | None = None,
    *,
    trouble: Trouble | None = None,
    error: str = "",
    topic: int = 0,
) -> HttpResponse:
    """The list; `typed` and what is wrong with it at the form of `topic`, or at the one for a new topic."""
    rows = Topic.objects.visible_to(request.actor).annotate(n=Count("tags")).order_by("slug")
    context = {
        "topics": rows,
        "typed": typed or {},
        "trouble": trouble,
        "error": ERRORS.get(error, error),
        "kinds": TopicKind.choices,
        "at": topic,
        "can_listen": request.actor.may("listen"),
    }
    return render(request, "queries/topics.html", context, status=422 if trouble or error else 200)
