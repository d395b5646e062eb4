"""The files that came with messages. Only images of known types are shown in place; the rest is downloaded."""

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from entendu.mentions.keep import path_of
from entendu.mentions.models import Attachment
from entendu.web.access import Asked, page


@require_GET
@page
def attachment(request: Asked, file: int) -> HttpResponseBase:
    """The bytes of an attachment, never interpreted: its own policy forbids everything."""
    found = get_object_or_404(Attachment.objects.visible_to(request.actor), pk=file)
    try:
        content = path_of(found.digest).open("rb")
    except (OSError, ValueError) as error:
        raise Http404 from error
    response = FileResponse(
        content,
        as_attachment=not found.is_image,
        filename=found.name,
        content_type=found.media_type if found.is_image else "application/octet-stream",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, max-age=3600"
    return response


PATHS = [path("files/<int:file>/", attachment, name="attachment")]
