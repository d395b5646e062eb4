"""No text holds the NUL character: PostgreSQL refuses it, and nobody types it."""

from django.http import HttpRequest, QueryDict
from django.utils.deprecation import MiddlewareMixin

NUL = "\x00"


class PlainTextMiddleware(MiddlewareMixin):
    """Takes NUL out of the parameters and of what forms send, before any page reads them."""

    def process_request(self, request: HttpRequest) -> None:
        """Cleans the request where it must."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = without_nul(request.GET)  # type: ignore[assignment]
        if request.method == "POST" and "form" in (request.content_type or ""):
            sent = request.POST
            if any(NUL in value for values in sent.lists() for value in values[1]):
                request.POST = without_nul(sent)  # type: ignore[assignment]


def without_nul(values: QueryDict) -> QueryDict:
    """The same values, without NUL."""
    clean = values.copy()
    for name, listed in values.lists():
        clean.setlist(name, [str(value).replace(NUL, "") for value in listed])
    return clean
