"""The addresses of the stream."""

from django.urls import path

from entendu.web.listen import pages, spread, verbs

PATHS = [
    path("listen/", pages.listen, name="listen"),
    path("listen/rows/", pages.rows, name="listen_rows"),
    path("listen/fresh/", pages.fresh, name="listen_fresh"),
    path("listen/watch/", verbs.watch, name="listen_watch"),
    path("listen/<int:mention>/copies/", pages.copies, name="listen_copies"),
    path("listen/<int:mention>/spread/", spread.show, name="spread"),
    path("listen/open/", verbs.open_, name="listen_open"),
    path("listen/drop/", verbs.drop, name="listen_drop"),
    path("listen/<int:mention>/readings/", pages.readings, name="listen_readings"),
    path("listen/<int:mention>/correct/", verbs.correct, name="listen_correct"),
]
