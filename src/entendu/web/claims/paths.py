"""The addresses of the register of announcements."""

from django.urls import path

from entendu.web.claims import pages, verbs

PATHS = [
    path("claims/", pages.claims, name="claims"),
    path("claims/add/", verbs.add, name="claim_add"),
    path("claims/table.csv", pages.table, name="claims_csv"),
    path("claims/matches/<int:match>/", verbs.judge, name="claim_judge"),
    path("claims/<int:claim>/", pages.claim, name="claim"),
    path("claims/<int:claim>/change/", verbs.change, name="claim_change"),
    path("claims/<int:claim>/accept/", verbs.accept, name="claim_accept"),
    path("claims/<int:claim>/refuse/", verbs.refuse, name="claim_refuse"),
    path("claims/<int:claim>/end/", verbs.end, name="claim_end"),
]
