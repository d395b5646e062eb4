"""The server of the page tests: the product's own, with the static files found where they are."""

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler

from entendu.asgi import application as product

application = ASGIStaticFilesHandler(product)
