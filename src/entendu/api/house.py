"""The API as a whole: its routers, who gets in, how refusals are told."""

import json
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.parser import Parser

from entendu.api import (
    acts,
    claims,
    conversations,
    me,
    measures,
    mentions,
    opt_outs,
    people,
    queries,
    signals,
)
from entendu.api.access import READ, WRITE, Bearer, Rate, session
from entendu.api.errors import handle


class Strict(Parser):
    """JSON is UTF-8 (RFC 8259), and knows neither NaN nor Infinity."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body of `request`. ValueError: it is no JSON."""
        return json.loads(request.body.decode(), parse_constant=_refuse)


def _refuse(word: str) -> None:
    raise ValueError(word)


api = NinjaAPI(
    parser=Strict(),
    title="Entendu",
    version="1",
    description="Mentions, conversations, people, queries and measures. "
    "Send a token of yours: `Authorization: Bearer ent_…`.",
    urls_namespace="api",
    docs_url=None,  # its scripts come from elsewhere and inline: our own page is in docs.py
    openapi_url="/openapi.json",
    auth=[Bearer(), session],
    throttle=[Rate(READ, reading=True), Rate(WRITE, reading=False)],
)
handle(api)
api.add_router("/me", me.router)
api.add_router("/mentions", mentions.router)
api.add_router("/conversations", acts.router)
api.add_router("/conversations", conversations.router)
api.add_router("/people", people.router)
api.add_router("/queries", queries.router)
api.add_router("/opt-outs", opt_outs.router)
api.add_router("/claims", claims.router)
api.add_router("/signals", signals.router)
api.add_router("/measures", measures.router)
