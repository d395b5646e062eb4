"""The addresses of the ledger."""

from django.urls import path

from entendu.web.ledger import export, pages, sources

PATHS = [
    path("ledger/", pages.show, name="ledger"),
    path("ledger/receipts/", pages.receipts, name="ledger_receipts"),
    path("ledger/export/<slug:form>/", export.export, name="ledger_export"),
    path("ledger/sources/<int:channel>/", sources.source, name="ledger_source"),
    path("ledger/sources/<int:channel>/compare/", sources.compare, name="ledger_compare"),
]
