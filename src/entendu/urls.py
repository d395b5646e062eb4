"""All addresses: the pages and sign-in, and the API."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("entendu.api.urls")),
    path("", include("entendu.web.urls")),
]

handler400 = "entendu.web.errors.bad_request"
handler403 = "entendu.web.errors.forbidden"
handler404 = "entendu.web.errors.not_found"
handler500 = "entendu.web.errors.broken"
