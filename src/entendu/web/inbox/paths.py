"""The addresses of the inbox."""

from django.urls import path

from entendu.web.inbox import pages

PATHS = [path("inbox/<slug:box>/", pages.inbox, name="inbox")]
