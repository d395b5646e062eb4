"""The door of the server: `granian --interface asgi entendu.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "entendu.settings")

application = get_asgi_application()
