"""What is answered when nothing can be done: always {"code", "message"}, the message in the asker's
language."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from entendu.accounts.paging import BadCursor
from entendu.analysis.decide import SignalRefused
from entendu.conversations.errors import Stale, VerbRefused
from entendu.mentions.queries import BadQuery

SENTENCES: dict[str, Lazy] = {
    "unauthenticated": _("Send a token: Authorization: Bearer ent_…"),
    "not_allowed": _("Your role does not allow this."),
    "not_found": _("There is nothing here, or nothing that you may see."),
    "invalid": _("Some fields cannot be used as they are."),
    "unreadable": _("The request cannot be read: it must be JSON in UTF-8."),
    "bad_cursor": _("This cursor does not belong to this list. Begin again without it."),
    "too_often": _("Too many requests. Wait a little."),
}
STATUS = {
    "not_allowed": 403,
    "cannot_answer": 403,
    "not_yours": 404,
    "gone": 404,
    "empty": 422,
    "too_long": 422,
    "promise_too_long": 422,
    "no_reason": 422,
    "bad_value": 422,
    "bad_reason": 422,
    "bad_topic": 422,
    "in_the_past": 422,
    "too_far": 422,
    "not_in_conversation": 422,
}


class Field(Schema):
    """A field that cannot be used: where it stands, and why (a code)."""

    field: str
    code: str


class Problem(Schema):
    """Why nothing was done. `events`: what happened since the version that the program had seen."""

    code: str
    message: str
    fields: list[Field] = []
    events: list[dict[str, Any]] = []


class Refused(Exception):
    """An answer other than success: `code` is a key of SENTENCES."""

    def __init__(self, status: int, code: str, fields: list[dict[str, str]] | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.fields = status, code, fields or []


def handle(api: NinjaAPI) -> None:
    """Gives `api` an answer for every refusal."""

    def answer(
        request: HttpRequest, status: int, code: str, *, message: str = "", **more: Any
    ) -> HttpResponse:
        body = {"code": code, "message": message or str(SENTENCES[code]), **more}
        return api.create_response(request, body, status=status)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return answer(request, error.status, error.code, fields=error.fields)

    @api.exception_handler(VerbRefused)
    def verb_refused(request: HttpRequest, error: VerbRefused) -> HttpResponse:
        events = error.events if isinstance(error, Stale) else []
        told = [{"kind": one.kind, "at": one.at, "by": str(one.by) if one.by else None} for one in events]
        return answer(request, STATUS.get(error.code, 409), error.code, message=str(error), events=told)

    @api.exception_handler(SignalRefused)
    def signal_refused(request: HttpRequest, error: SignalRefused) -> HttpResponse:
        return answer(request, STATUS.get(error.code, 409), error.code, message=str(error))

    @api.exception_handler(BadQuery)
    def bad_query(request: HttpRequest, error: BadQuery) -> HttpResponse:
        fields = [{"field": name, "code": code} for name, code in error.errors.items()]
        return answer(request, 422, "invalid", fields=fields)

    @api.exception_handler(BadCursor)
    def bad_cursor(request: HttpRequest, _error: BadCursor) -> HttpResponse:
        return answer(request, 422, "bad_cursor")

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = [
            {"field": ".".join(str(step) for step in one["loc"]), "code": one["type"]} for one in error.errors
        ]
        return answer(request, 422, "invalid", fields=fields)

    @api.exception_handler(AuthenticationError)
    def unauthenticated(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
        response = answer(request, 401, "unauthenticated")
        response["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(Throttled)
    def too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
        response = answer(request, 429, "too_often")
        response["Retry-After"] = str(int(error.wait or 1) + 1)
        return response

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(request, error.status_code, "unreadable")

    @api.exception_handler(Http404)
    def not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
        return answer(request, 404, "not_found")
