"""The right to be forgotten: a planted word is nowhere afterwards, in no table, index or file."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.conversations.erase import erase_person, export_person
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Conversation, Reply
from entendu.conversations.note import note
from entendu.conversations.reply import reply
from entendu.kit import clock
from entendu.mentions.keep import keep, path_of
from entendu.mentions.ledger import ledger
from entendu.mentions.models import Attachment, Mention, Receipt
from entendu.people.link import confirm, propose
from entendu.people.models import Person
from entendu.worker.loop import Loop
from hear import hear, hear_more, said
from make import make_author

CANARY = "zyzzogeton"


@pytest.fixture
def person(organisation: Organisation, admin: Membership, tmp_path: Path) -> Person:
    """She spoke, changed it, sent a photo, was answered, and has a second account."""
    who = {
        "key": f"{CANARY}1",
        "handle": f"@{CANARY}",
        "name": f"Dalila {CANARY}",
        "url": f"https://x.example/{CANARY}",
    }
    rows = [
        said("a", f"Mon {CANARY} est froid", title=f"Le {CANARY}", url=f"https://x.example/{CANARY}/1")
        | {"author": who},
        said("b", "Bonjour d’un autre", "jules", 1),
        said("c", "Nous regardons.", "maison", 2, parent_key="a", ours=True),
    ]
    channel = hear(organisation, tmp_path, rows, outbox=str(tmp_path / "out.jsonl"))
    hear_more(channel, [said("a", f"Mon {CANARY} était froid", kind="edited") | {"author": who}])
    mention = Mention.objects.get(key="a")
    Mention.objects.filter(key="c").update(quoted=f"> Mon {CANARY}")
    Attachment.objects.create(
        mention=mention, name=f"{CANARY}.png", media_type="image/png", digest=keep(CANARY.encode())
    )
    conversation = Conversation.objects.get(author=mention.author)
    conversation.refresh_from_db()
    reply(
        conversation,
        by=admin,
        text=f"Bonjour {CANARY}",
        visibility="public",
        seen_version=conversation.version,
    )
    second = make_author(organisation, f"{CANARY}2", network="other")
    person = Person.objects.get(identities__author=mention.author)
    confirm(propose(second, person=person, by=admin, evidence="said_so", note=f"elle dit {CANARY}"), by=admin)
    return person


def _refusal(verb: object, *args: object, **more: object) -> str:
    with pytest.raises(VerbRefused) as caught:
        verb(*args, **more)  # type: ignore[operator]
    return caught.value.code


def test_only_an_administrator_of_the_organisation_erases_or_exports(
    person: Person, alice: Membership, manager: Membership, charlie: Membership
) -> None:
    charlie.role = "admin"
    for verb in (erase_person, export_person):
        assert _refusal(verb, person, by=alice) == "not_allowed"
        assert _refusal(verb, person, by=manager) == "not_allowed"
        assert _refusal(verb, person, by=charlie) == "no_person"
    assert Mention.objects.filter(text__contains=CANARY).exists()


def test_export_holds_what_is_kept(person: Person, admin: Membership) -> None:
    found = export_person(person, by=admin)
    assert found["person"]["name"] == f"Dalila {CANARY}"
    assert {one["network"] for one in found["accounts"]} == {"test", "other"}
    (message,) = found["messages"]
    assert (message["text"], message["earlier_texts"]) == (
        f"Mon {CANARY} était froid",
        [f"Mon {CANARY} est froid"],
    )
    assert [one["text"] for one in found["replies"]] == [f"Bonjour {CANARY}"]
    assert Audit.objects.filter(verb="export_person", by=admin.user).exists()


def test_nobody_is_erased_twice(person: Person, admin: Membership) -> None:
    erase_person(person, by=admin)
    assert _refusal(erase_person, person, by=admin) == "already_erased"


def test_files_of_others_with_the_same_bytes_stay(
    person: Person, admin: Membership, django_capture_on_commit_callbacks: object
) -> None:
    other = Mention.objects.get(key="b")
    shared = Attachment.objects.create(
        mention=other, name="x.png", media_type="image/png", digest=keep(CANARY.encode())
    )
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        erase_person(person, by=admin)
    assert path_of(shared.digest).exists()


def test_conversation_keeps_its_number_dates_and_notes(person: Person, admin: Membership) -> None:
    before = Conversation.objects.get(author__key=f"{CANARY}1")
    note(before, by=admin, text="rappeler mardi")
    lines = ledger(Receipt.objects.all())
    assert erase_person(person, by=admin) == 1
    after = Conversation.objects.get(pk=before.pk)
    assert (after.number, after.opened_at, after.last_at) == (before.number, before.opened_at, before.last_at)
    assert (after.title, after.preview) == ("…", "")
    assert [one.text for one in after.notes.all()] == ["rappeler mardi"]
    assert ledger(Receipt.objects.all()) == lines
    assert Mention.objects.get(key="b").text == "Bonjour d’un autre"
    with clock.at(clock.now() + timedelta(hours=1)):
        Loop().run_once()
    after.refresh_from_db()
    assert CANARY not in f"{after.title}{after.preview}"


@pytest.mark.django_db(transaction=True)
def test_planted_word_is_nowhere(
    organisation: Organisation, admin: Membership, person: Person, tmp_path: Path
) -> None:
    assert CANARY in _everything(tmp_path)
    erase_person(person, by=admin)
    assert CANARY not in _everything(tmp_path)
    assert not Reply.objects.filter(text__contains=CANARY).exists()


def _everything(folder: Path) -> str:
    """Every byte that is kept: the store after a VACUUM (every table on PostgreSQL), and the files."""
    kept = b"".join(path.read_bytes() for path in sorted(settings.FILES_DIR.rglob("*")) if path.is_file())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            copy = folder / "copy.sqlite3"
            copy.unlink(missing_ok=True)
            cursor.execute("VACUUM INTO %s", [str(copy)])
            kept += copy.read_bytes()
        else:
            for table in connection.introspection.table_names():
                cursor.execute(f'SELECT t::text FROM "{table}" t')
                kept += "\n".join(row[0] for row in cursor.fetchall()).encode()
            cursor.execute("SELECT encode(content, 'escape') FROM mentions_receipt")
            kept += "\n".join(row[0] for row in cursor.fetchall()).encode()
    return kept.decode(errors="replace").lower()
