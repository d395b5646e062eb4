"""Who asks, and in which language and time zone the answer is written."""

import zoneinfo

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import timezone, translation
from django.utils.deprecation import MiddlewareMixin

from entendu.accounts.actors import places_of

ORGANISATION_KEY = "organisation"  # in the session: the organisation at which a member of several is at work


class LanguageMiddleware(LocaleMiddleware):
    """Before anybody is known: the language of the cookie, else of the browser, else of the installation."""


class ActorMiddleware(MiddlewareMixin):
    """Sets `request.actor` (a Membership or None) and `request.memberships`, and speaks the actor's language.

    One query for a signed-in user, none otherwise. A user of several organisations acts for the
    one chosen last; without a choice, for the one joined first.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Finds the actor."""
        request.actor, request.memberships = None, []  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return
        places = places_of(request.user)
        chosen = request.session.get(ORGANISATION_KEY)
        actor = next(
            (place for place in places if place.organisation_id == chosen), places[0] if places else None
        )
        request.actor, request.memberships = actor, places  # type: ignore[attr-defined]
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language() or ""
        if actor is not None:
            timezone.activate(_zone(actor.organisation.timezone))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leaves the thread as it was found."""
        timezone.deactivate()
        return response


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
