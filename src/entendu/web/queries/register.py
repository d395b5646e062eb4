"""The register: on screen, as CSV and as JSON, in either language."""

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from entendu.kit import clock
from entendu.mentions.register import TITLES, register_of
from entendu.web.access import Asked, page

TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@require_GET
@page
def register(request: Asked) -> HttpResponse:
    """What we listen for and on which grounds, to be shown to whoever asks."""
    context = {"register": register_of(request.actor.organisation), "languages": settings.LANGUAGES}
    return render(request, "queries/register.html", context | {"titles": TITLES})


@require_GET
@page
def export(request: Asked) -> HttpResponse:
    """The register as a file: `as` csv or json, `language` fr or en."""
    kind = request.GET.get("as", "")
    kind = kind if kind in TYPES else "csv"
    language = request.GET.get("language", "")
    known = dict(settings.LANGUAGES)
    with translation.override(language if language in known else translation.get_language()):
        made = register_of(request.actor.organisation)
        content = (
            made.as_csv().encode()
            if kind == "csv"
            else orjson.dumps(made.as_json(), option=orjson.OPT_INDENT_2)
        )
    response = HttpResponse(content, content_type=TYPES[kind])
    name = f"register-{request.actor.organisation.slug}-{clock.now():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
