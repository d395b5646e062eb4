"""The addresses of queries and topics."""

from django.urls import path

from entendu.web.queries import pages, topics

PATHS = [
    path("queries/", pages.queries, name="queries"),
    path("queries/add/", pages.add, name="query_add"),
    path("queries/preview/", pages.try_out, name="query_preview"),
    path("queries/topics/", topics.topics, name="topics"),
    path("queries/topics/add/", topics.add, name="topic_add"),
    path("queries/topics/<int:topic>/", topics.change, name="topic_change"),
    path("queries/<int:query>/", pages.change, name="query_change"),
    path("queries/<int:query>/switch/", pages.switch, name="query_switch"),
    path("queries/<int:query>/review/", pages.review, name="query_review"),
    path("queries/<int:query>/remove/", pages.remove, name="query_remove"),
]
