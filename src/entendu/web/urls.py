"""The addresses of the pages. Each screen keeps its own list `PATHS`; a new screen adds one line here."""

from django.urls import URLPattern, URLResolver, include, path

from entendu.web import enter, files, home, inbound, live, me, sample
from entendu.web.channels import paths as channels
from entendu.web.claims import paths as claims
from entendu.web.dashboard import pages as dashboard
from entendu.web.inbox import paths as inbox
from entendu.web.ledger import paths as ledger
from entendu.web.listen import paths as listen
from entendu.web.people import paths as people
from entendu.web.places import pages as places
from entendu.web.privacy import pages as privacy
from entendu.web.queries import paths as queries
from entendu.web.readings import paths as readings
from entendu.web.signals import pages as signals
from entendu.web.team import pages as team
from entendu.web.voice import pages as voice
from entendu.web.writer import pages as writer

urlpatterns: list[URLPattern | URLResolver] = [
    *home.PATHS,
    *enter.PATHS,
    *me.PATHS,
    *sample.PATHS,
    *files.PATHS,
    *inbound.PATHS,
    *live.PATHS,
    *inbox.PATHS,
    *listen.PATHS,
    *signals.PATHS,
    *people.PATHS,
    *places.PATHS,
    *queries.PATHS,
    *claims.PATHS,
    *privacy.PATHS,
    *dashboard.PATHS,
    *voice.PATHS,
    *readings.PATHS,
    *ledger.PATHS,
    *channels.PATHS,
    *team.PATHS,
    *writer.PATHS,
    path("accounts/", include("allauth.urls")),
]
