"""What is in the store of the page tests; and, by name, what happens there while a page is open."""

import itertools
import sys

import django

django.setup()

from datetime import timedelta  # noqa: E402

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402

import make  # noqa: E402
from entendu.accounts.models import Membership, Organisation  # noqa: E402
from entendu.analysis.models import Mute, Sample, Signal, Step, Topic  # noqa: E402
from entendu.analysis.stages import cluster, locate  # noqa: E402
from entendu.channels.add import add_channel  # noqa: E402
from entendu.channels.follow import follow  # noqa: E402
from entendu.conversations.models import Conversation  # noqa: E402
from entendu.conversations.note import note  # noqa: E402
from entendu.conversations.presence import look  # noqa: E402
from entendu.conversations.reply import reply  # noqa: E402
from entendu.kit import clock  # noqa: E402
from entendu.measures.stages import roll_up  # noqa: E402
from entendu.mentions.documents import document_of  # noqa: E402
from entendu.mentions.index import index  # noqa: E402
from entendu.mentions.keep import keep  # noqa: E402
from entendu.mentions.models import Attachment, Match, Mention, OptOut, Query, Receipt, Revision  # noqa: E402
from entendu.wire import Address  # noqa: E402
from make import make_channel, make_conversation, make_member, make_mention, make_organisation  # noqa: E402

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
SAID = [
    (
        "camille",
        "Franchement déçue : crème tournée et pâte molle. Photo à l’appui.",
        "negative",
        "complaint",
        "high",
    ),
    ("jules", "Quelqu’un sait si vous avez un pain sans gluten à Laval ?", "neutral", "question", "normal"),
    ("nadia", "Merci à Sofiane, dix minutes pour nous aider à choisir !", "positive", "praise", "none"),
    (
        "anne",
        "Fève cassée dans la galette : ma fille a failli se casser une dent.",
        "negative",
        "complaint",
        "safety",
    ),
]


def begin() -> None:
    """Two organisations, one at work; a session for each member and language."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    organisation = make_organisation("levain", "Maison Levain")
    Organisation.objects.filter(pk=organisation.pk).update(is_sample=True)
    for slug, english, french in (("pastry", "Pastry", "Pâtisserie"), ("welcome", "Welcome", "Accueil")):
        Topic.objects.create(organisation=organisation, slug=slug, name_en=english, name_fr=french)
    channel = make_channel(organisation, "Mastodon")
    for number, (author, text, sentiment, intent, urgency) in enumerate(SAID):
        moment = clock.now() - timedelta(minutes=7 + 20 * number)
        one = make_conversation(
            channel, text, author, at=moment, sentiment=sentiment, intent=intent, urgency=urgency
        )
        one.sentiment, one.intent, one.urgency, one.reasons = (
            sentiment,
            intent,
            urgency,
            ["complaint", "photo"],
        )
        one.priority = {"safety": 4000, "high": 2000}.get(urgency, 100)
        one.save()
    first = Conversation.objects.order_by("number").first()
    mention = first.parts.get().mention
    Attachment.objects.create(
        mention=mention, name="dessert.png", media_type="image/png", size=len(PNG), digest=keep(PNG)
    )
    Revision.objects.create(mention=mention, text="Franchement déçue.", until=clock.now())
    something_moves(organisation, mention)
    for name, role in (("Alice Roy", "admin"), ("Bob Martin", "reader"), ("Maud Orchestre", "manager")):
        for language in ("en", "fr"):
            member = make_member(organisation, f"{name} {language}" if language == "fr" else name, role)
            member.user.language = language
            member.user.save()
            print(f"{name.split()[0].lower()}_{language}={session_of(member)}")
    make.make_query(
        organisation, "(crème OR mille*) NOT moulin", name="Pâtisserie", purpose="Entendre les desserts"
    )
    make.make_query(organisation, "galette", name="Galette", opens_conversations=True)
    OptOut.objects.create(organisation=organisation, account="plume", reason="A écrit", at=clock.now())


def something_moves(organisation: Organisation, mention: Mention) -> None:
    """A spike with its curve, and a weak signal that was muted."""
    now = clock.now()
    dates = {"started_at": now, "last_at": now, "raised_at": now}
    curve = {"people": [0, 1, 0, 2, 9], "usual": [1.0, 1, 1, 1, 1], "high": [2.5, 2, 2, 2, 2]}
    spike = Signal.objects.create(
        organisation=organisation, kind="spike", scope="place", key="Laval", level="high", people=9, expected=1.2,
        words=["crème tournée"], curve=curve, quote=mention, **dates,
    )  # fmt: skip
    Sample.objects.create(signal=spike, mention=mention)
    Step.objects.create(organisation=organisation, signal=spike, kind="raised", at=now)
    Signal.objects.create(
        organisation=organisation,
        kind="weak",
        key="goût de savon",
        level="low",
        words=["goût de savon"],
        **dates,
    )
    Mute.objects.create(organisation=organisation, word="goût de terre", reason="une recette", at=now)


def session_of(member: Membership) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(member.user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    store.save()
    return store.session_key


def people_speak() -> None:
    """What the other screens show: a stream, a query, a member, a receipt that nobody could read."""
    make._serial = itertools.count(10_000)  # after the rows of `begin`, which another process made
    organisation = Organisation.objects.get(slug="levain")
    channel = organisation.channels.get(name="Mastodon")
    press = add_channel(organisation, kind="feed", name="Presse", settings={}, pulls=False)
    follow(
        press,
        [
            Address(f"https://un-journal-{n}.example/{'rubrique/' * 12}feed", f"Le Journal {n}")
            for n in (1, 2)
        ],
    )
    press.sources.filter(title="Le Journal 1").update(
        state="blocked", state_code="feed_gone", failures=2, checked_at=clock.now(), state_since=clock.now()
    )
    add_channel(organisation, kind="webmention", name="Liens", settings={"sites": "levain.example"})
    make.make_query(organisation, "brioche", name="Notre nom", purpose="savoir ce qui se dit")
    for number in range(60):
        moment = clock.now() - timedelta(hours=3, minutes=number)
        sentiment = ("negative", "neutral", "positive")[number % 3]
        make_mention(
            channel, f"Une brioche, la {number}e", f"passant{number % 7}", at=moment, sentiment=sentiment
        )
    Receipt.objects.create(
        organisation=organisation, channel=channel, key="bad", content=b"?", note="row 17", media_type="text/csv",
        received_at=clock.now(), parsed_at=clock.now(), reason="unreadable", detail="bad_date: ?",
    )  # fmt: skip


def storm() -> None:
    """Five people say the same of one lot; two names are compared."""
    make._serial = itertools.count(20_000)
    organisation = Organisation.objects.get(slug="levain")
    channel = organisation.channels.get(name="Mastodon")
    words = "La crème de vos éclairs de ce matin était tournée, toute la famille est malade"
    for number in range(5):
        moment = clock.now() - timedelta(hours=5, minutes=9 * number)
        text = f"RT @p{number}: {words} https://forum.example/{number}"
        last = make_mention(channel, text, f"crieur{number}", at=moment)
        index({last.pk: document_of(last, "fr")})
    for stage in (cluster, locate):
        while stage(500):
            continue
    for number, (name, kind) in enumerate((("Levain", "own"), ("Rival", "other"))):
        query = Query.objects.create(
            organisation=organisation, name=name, text="x", purpose="p", active=False, tracked=kind,
            created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        for mention in Mention.objects.filter(pk__gt=0).order_by("-pk")[number : number + 3]:
            Match.objects.create(query=query, mention=mention)
    while roll_up(100):
        continue
    print(Mention.objects.filter(copy__isnull=False).order_by("-said_at").values_list("pk", flat=True)[0])


def maud_notes(number: int) -> None:
    note(_conversation(number), by=_maud(), text="Le lot est retiré de la vente.")


def maud_writes(number: int) -> None:
    look(_conversation(number), by=_maud(), writing=True)


def maud_replies(number: int) -> None:
    one = _conversation(number)
    reply(one, by=_maud(), text="Bonjour, je m’en occupe.", visibility="public", seen_version=one.version)


def maud_leaves() -> None:
    _maud().delete()


def _conversation(number: int) -> Conversation:
    return Conversation.objects.get(number=number)


def _maud() -> Membership:
    return Membership.objects.get(user__name="Maud Orchestre")


if __name__ == "__main__":
    verb, *rest = sys.argv[1].split(":")
    globals()[verb](*map(int, rest))
