"""The addresses of these pages."""

from django.urls import path

from entendu.web.readings import check, learned, pages, rereading

PATHS = [
    path("readings/", pages.readings, name="readings"),
    path("readings/check/", check.check, name="readings_check"),
    path("readings/learned/", learned.learned, name="readings_learned"),
    path("readings/proposals/look/", learned.look, name="proposals_look"),
    path("readings/proposals/<int:proposal>/take/", learned.take, name="proposal_take"),
    path("readings/proposals/<int:proposal>/merge/", learned.merge, name="proposal_merge"),
    path("readings/proposals/<int:proposal>/refuse/", learned.refuse, name="proposal_refuse"),
    path("readings/again/", rereading.progress, name="rereading"),
    path("readings/again/start/", rereading.start, name="rereading_start"),
    path("readings/again/<int:rereading>/stop/", rereading.stop, name="rereading_stop"),
]
