"""Where sources push. No session, no form: a random token, and a signature that the connector checks."""

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from entendu.channels.endpoint import find_endpoint
from entendu.channels.models import Endpoint
from entendu.channels.words import in_words
from entendu.mentions.receive import answer, door_of, receive
from entendu.web.access import everybody
from entendu.wire import Answer, TryLater, WireError, WithAcknowledgement

MOST_BYTES = 1_000_000
STATUSES = {
    "webhook_not_authentic": 401,
    "webhook_too_old": 401,
    "too_large": 413,
    "media_type_unknown": 415,
    "websub_not_asked": 404,
    "channel_has_no_webhook": 405,
    "no_webhook": 405,
    "seal_broken": 503,
    "connector_absent": 503,
}


@csrf_exempt
@sensitive_variables("token")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@everybody
def inbound(request: HttpRequest, token: str) -> HttpResponse:
    """POST: a delivery, kept before it is acknowledged. GET: a question whether the address is ours."""
    endpoint = find_endpoint(token)
    if endpoint is None:
        raise Http404
    if request.method != "POST":
        return _answered(request, endpoint)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        body = _body(request)
        if body is None:
            return _refused(endpoint, headers, WireError("too_large"))
        done = receive(endpoint, headers, body)
    except WireError as error:
        return _refused(endpoint, headers, error)
    if isinstance(done.door, WithAcknowledgement):
        return _said(done.door.acknowledge(headers, None))
    return JsonResponse({"received": done.units, "new": done.new})


def _answered(request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
    try:
        said = answer(endpoint, {name: str(value) for name, value in request.GET.items()})
    except WireError as error:
        return HttpResponse(in_words(error.code), status=STATUSES.get(error.code, 400), content_type=_TEXT)
    return _said(said or Answer("Entendu takes deliveries here, by POST.\n"))


def _body(request: HttpRequest) -> bytes | None:
    """The bytes as they came; None when there are too many."""
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        return None
    try:
        body = request.body
    except RequestDataTooBig:
        return None
    return body if len(body) <= MOST_BYTES else None


def _refused(endpoint: Endpoint, headers: dict[str, str], error: WireError) -> HttpResponse:
    later = isinstance(error, TryLater)
    try:
        door = door_of(endpoint)
    except WireError:
        door = None
    if isinstance(door, WithAcknowledgement) and not later:
        return _said(door.acknowledge(headers, error))
    status = 429 if later else STATUSES.get(error.code, 400)
    said = {"error": error.code, "message": in_words(error.code), "detail": error.detail[:500]}
    response = JsonResponse(said, status=status)
    if isinstance(error, TryLater) and error.retry_after:
        response["Retry-After"] = str(int(error.retry_after))
    return response


def _said(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.text, status=answer.status, content_type=answer.media_type)


_TEXT = "text/plain; charset=utf-8"
PATHS = [path("in/<str:token>/", inbound, name="inbound")]
