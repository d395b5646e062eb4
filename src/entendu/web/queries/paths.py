"""The addresses of queries and topics."""

from django.urls import path

from entendu.web.queries import opt_outs, pages, past, register, topics

PATHS = [
    path("queries/", pages.queries, name="queries"),
    path("queries/add/", pages.add, name="query_add"),
    path("queries/preview/", pages.try_out, name="query_preview"),
    path("queries/register/", register.register, name="query_register"),
    path("queries/register/export/", register.export, name="query_register_export"),
    path("queries/opt-outs/", opt_outs.opt_outs, name="opt_outs"),
    path("queries/opt-outs/add/", opt_outs.add, name="opt_out_add"),
    path("queries/opt-outs/<int:line>/remove/", opt_outs.remove, name="opt_out_remove"),
    path("queries/topics/", topics.topics, name="topics"),
    path("queries/topics/add/", topics.add, name="topic_add"),
    path("queries/topics/<int:topic>/", topics.change, name="topic_change"),
    path("queries/<int:query>/", pages.change, name="query_change"),
    path("queries/<int:query>/switch/", pages.switch, name="query_switch"),
    path("queries/<int:query>/review/", pages.review, name="query_review"),
    path("queries/<int:query>/past/", past.progress, name="query_past"),
    path("queries/<int:query>/past/start/", past.start, name="query_past_start"),
    path("queries/<int:query>/past/<int:job>/stop/", past.stop_job, name="query_past_stop"),
    path("queries/<int:query>/remove/", pages.remove, name="query_remove"),
]
