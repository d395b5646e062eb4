"""The addresses of the pages. Each screen keeps its own list `PATHS`; a new screen adds one line here."""

from django.urls import URLPattern, URLResolver, include, path

from entendu.web import enter, files, home, live, me, sample
from entendu.web.inbox import paths as inbox

urlpatterns: list[URLPattern | URLResolver] = [
    *home.PATHS,
    *enter.PATHS,
    *me.PATHS,
    *sample.PATHS,
    *files.PATHS,
    *live.PATHS,
    *inbox.PATHS,
    path("accounts/", include("allauth.urls")),
]
