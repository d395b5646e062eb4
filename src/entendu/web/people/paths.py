"""The addresses of persons."""

from django.urls import path

from entendu.web.people import pages, verbs

PATHS = [
    path("people/", pages.people, name="people"),
    path("people/<int:person>/", pages.person, name="person"),
    path("people/<int:person>/candidates/", pages.candidates, name="person_candidates"),
    path("people/<int:person>/link/", verbs.link, name="person_link"),
    path("people/<int:person>/export/", pages.export, name="person_export"),
    path("people/<int:person>/erase/", verbs.erase, name="person_erase"),
    path("people/links/<int:identity>/confirm/", verbs.confirm, name="link_confirm"),
    path("people/links/<int:identity>/decline/", verbs.decline, name="link_decline"),
    path("people/links/<int:identity>/undo/", verbs.undo, name="link_undo"),
]
