"""The addresses of the API."""

from django.urls import URLPattern, URLResolver, path

from entendu.api.docs import docs
from entendu.api.house import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("docs", docs, name="api_docs"),
    path("", api.urls),
]
