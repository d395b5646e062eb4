"""The real worker on a real mailbox, killed -9 again and again while mail comes in and replies leave.

Started by test_worker_mail.py with a home (argument 1), a channel's settings as JSON (argument 2) and what to do
(argument 3): `init` makes the installation, `reply` answers all that waits.
"""

import os
import sys

os.environ["ENTENDU_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"
os.environ["ENTENDU_UNDO_SECONDS"] = "0"

import django  # noqa: E402

django.setup()

import orjson  # noqa: E402
from django.core.management import call_command  # noqa: E402

from entendu.accounts.members import add_member, make_organisation  # noqa: E402
from entendu.accounts.models import Membership  # noqa: E402
from entendu.channels.add import add_channel  # noqa: E402
from entendu.conversations.models import Conversation  # noqa: E402
from entendu.conversations.reply import reply  # noqa: E402


def init() -> None:
    call_command("migrate", verbosity=0)
    organisation = make_organisation("levain", "Levain")
    add_member(organisation, email="alice@levain.example", name="Alice Roy", role="agent")
    add_channel(organisation, kind="mail", name="Boîte", settings=orjson.loads(sys.argv[2]))


def answer_all() -> None:
    alice = Membership.objects.select_related("user", "organisation").get()
    for conversation in Conversation.objects.filter(waiting_since__isnull=False):
        text = f"Réponse à {conversation.title}"
        reply(conversation, by=alice, text=text, visibility="private", seen_version=conversation.version)


{"init": init, "reply": answer_all}[sys.argv[3]]()
