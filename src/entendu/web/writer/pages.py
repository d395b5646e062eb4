"""The settings of the writer, and a try."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from entendu.analysis.models import Writer
from entendu.analysis.set_writer import WriterRefused, set_writer
from entendu.analysis.write_line import NotWritten, ask
from entendu.web.access import Asked, may

TROUBLES: dict[str, str | Promise] = {
    "off": gettext_lazy("The writer is off: the sentence is extracted."),
    "resting": gettext_lazy(
        "The writer failed a moment ago: the sentence is extracted. Try again in a minute."
    ),
    "nothing": gettext_lazy("There is nothing to write about: the messages are gone."),
    "seal_broken": gettext_lazy(
        "The key of the writer cannot be opened: an administrator must give it again."
    ),
    "refused": gettext_lazy(
        "The writer refused: the sentence is extracted. Its settings should be looked at."
    ),
    "failed": gettext_lazy("The writer did not answer: the sentence is extracted."),
    "unreadable": gettext_lazy("The writer answered something that is no line: the sentence is extracted."),
}
SAMPLE = ["Le pain était rassis et personne ne répond.", "The bread was stale and nobody answers."]


@require_GET
@may("administer")
def show(request: Asked) -> HttpResponse:
    """Where summaries are written."""
    return _page(request)


@require_POST
@may("administer")
def change(request: Asked) -> HttpResponse:
    """Other settings."""
    typed = {name: request.POST.get(name, "") for name in ("base_url", "model", "key")}
    active = request.POST.get("active") == "1"
    try:
        set_writer(by=request.actor, active=active, **typed)
    except WriterRefused as refusal:
        return _page(request, typed=typed, active=active, error=str(refusal))
    messages.success(request, _("Kept."))
    return redirect("writer")


@require_POST
@may("administer")
def test(request: Asked) -> HttpResponse:
    """Lets the writer write about two invented messages."""
    writer = Writer.objects.visible_to(request.actor).first()
    if writer is None:
        messages.error(request, _("Give an address and a model first."))
        return redirect("writer")
    try:
        line = ask(writer, SAMPLE, language=get_language() or "en")
        messages.success(request, _("It wrote: %(line)s") % {"line": line})
    except NotWritten as trouble:
        messages.error(request, str(TROUBLES[trouble.code]))
    return redirect("writer")


def _page(
    request: Asked, *, typed: dict[str, str] | None = None, active: bool = False, error: str = ""
) -> HttpResponse:
    writer = Writer.objects.visible_to(request.actor).first()
    known = {"base_url": writer.base_url, "model": writer.model} if writer else {}
    context = {
        "writer": writer,
        "typed": typed or known,
        "active": active if typed else bool(writer and writer.active),
        "has_key": bool(writer and writer.sealed_key),
        "trouble": TROUBLES.get(writer.failure, "") if writer else "",
        "error": error,
    }
    response = render(request, "writer/writer.html", context, status=422 if error else 200)
    response["Cache-Control"] = "no-store"
    return response


PATHS = [
    path("writer/", show, name="writer"),
    path("writer/change/", change, name="writer_change"),
    path("writer/test/", test, name="writer_test"),
]
