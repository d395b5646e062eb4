"""Hears what a person says in every way in which words come in, then that it was deleted where it was said, and looks
for a planted word in every byte of the installation, in the API, in the export and in the search.

Started by test_deletion.py as a process of its own with a fresh home (argument 1); prints where the word is, before
and after, as JSON. Nothing is vacuumed for it: the files are looked at as the worker leaves them.
"""

import os
import sys
from pathlib import Path

os.environ["ENTENDU_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "entendu.settings"
sys.path.insert(0, str(Path(__file__).parent.parent))

import django  # noqa: E402

django.setup()

import orjson  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from entendu.accounts.members import add_member, make_organisation  # noqa: E402
from entendu.accounts.models import Membership  # noqa: E402
from entendu.conversations.erase import export_person  # noqa: E402
from entendu.conversations.models import Conversation  # noqa: E402
from entendu.mentions.keep import keep  # noqa: E402
from entendu.mentions.models import Attachment, Mention, Receipt  # noqa: E402
from entendu.mentions.scrub import scrub  # noqa: E402
from entendu.mentions.search import search  # noqa: E402
from entendu.people.models import Person  # noqa: E402
from entendu.reading.query import parse  # noqa: E402
from entendu.worker.loop import Loop  # noqa: E402
from hear import hear, hear_more, said  # noqa: E402

WORD = "zyzzogeton"
PAGES = ("/inbox/all/", "/listen/", "/ledger/receipts/", "/people/", "/dashboard/", "/signals/")


def places(member: Membership) -> list[str]:
    """Where the word is."""
    found = []
    for path in sorted(settings.HOME.rglob("*")):
        if path.is_file() and WORD.encode() in path.read_bytes().lower():
            found.append(path.relative_to(settings.HOME).parts[0])
    browser = Client()
    browser.force_login(member.user)
    ids = [f"/inbox/all/{number}/" for number in Conversation.objects.values_list("number", flat=True)[:5]]
    persons = [f"/people/{pk}/" for pk in Person.objects.values_list("pk", flat=True)[:5]]
    for address in (*PAGES, *ids, *persons, f"/listen/?q={WORD[:-2]}*"):
        answer = browser.get(address, follow=True)
        if WORD in answer.content.decode().lower():
            found.append(address)
    for person in Person.objects.all():
        if WORD in orjson.dumps(export_person(person, by=member)).decode().lower():
            found.append("export")
    if search(member, parse(WORD)).exists():
        found.append("search")
    return sorted(set(found))


def main() -> None:
    settings.ALLOWED_HOSTS = ["*"]
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    folder = Path(sys.argv[1]).parent / "outside"
    folder.mkdir()
    organisation = make_organisation("levain", "Levain", language="en")
    member = add_member(organisation, email="a@levain.example", name="Admin", role="admin", language="en")
    first = said("a", f"Mon {WORD} est froid " + "et long " * 900 + WORD, title=f"Le {WORD}")
    others = [said(f"x{n}", f"Autre chose {n}", f"p{n}", n % 50) for n in range(20)]
    channel = hear(organisation, folder, [first, *others])
    twice = hear(
        organisation, folder, [said("a", f"Encore {WORD}")], name="again"
    )  # the same, by another channel
    hear_more(channel, [said("a", f"Mon {WORD} était froid", kind="edited")])
    hear_more(channel, [said("a", f"Mon {WORD} était froid", kind="edited", minute=9)])  # says nothing new
    mention = Mention.objects.get(key="a")
    picture = Attachment(
        mention=mention, name=f"{WORD}.png", media_type="image/png", digest=keep(WORD.encode())
    )
    picture.save()
    before = places(member)
    hear_more(channel, [said("a", "", kind="deleted", minute=10)])
    hear_more(
        twice,
        [said("a", f"Encore {WORD}", minute=11), said("a", f"Trop tard, {WORD}", kind="edited", minute=12)],
    )
    Loop().run_once()
    scrub()  # as the worker does within the hour
    mention.refresh_from_db()
    print(
        orjson.dumps(
            {
                "before": before,
                "after": places(member),
                "deleted": mention.deleted_at is not None,
                "receipts": Receipt.objects.count(),
                "unended": Receipt.objects.filter(end="").count(),
            }
        ).decode()
    )


if __name__ == "__main__":
    main()
