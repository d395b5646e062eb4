"""The door of the server: `granian --interface asgi entendu.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from entendu.web.bounded import bounded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entendu.settings")

application = bounded(get_asgi_application())
