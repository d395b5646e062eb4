"""Plain factories for tests: rows as the loop would have written them."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from entendu.accounts.models import Membership, Organisation, User
from entendu.analysis.models import Analysis
from entendu.channels.models import Channel
from entendu.conversations.models import Conversation, Event, Numbering, Part
from entendu.kit import clock
from entendu.mentions.models import Author, Mention, Query, Receipt
from entendu.mentions.queries import Terms, add_query
from entendu.people.models import Identity, Person

_serial = itertools.count(1)


def make_organisation(slug: str, name: str) -> Organisation:
    return Organisation.objects.create(slug=slug, name=name, language="fr", created_at=clock.now())


def make_member(organisation: Organisation, name: str, role: str) -> Membership:
    email = name.lower().replace(" ", ".").replace("è", "e") + f"@{organisation.slug}.example"
    user = User.objects.create_user(email, name)
    return Membership.objects.create(user=user, organisation=organisation, role=role)


def make_channel(organisation: Organisation, name: str, kind: str = "files", **settings_: str) -> Channel:
    folder = Path(settings.HOME) / "test-channels"
    folder.mkdir(exist_ok=True)
    number = next(_serial)
    defaults = {
        "path": str(folder / f"{number}.jsonl"),
        "network": "test",
        "outbox": str(folder / f"{number}.out.jsonl"),
    }
    return Channel.objects.create(
        organisation=organisation,
        name=name,
        kind=kind,
        settings=defaults | settings_,
        addressed=True,
        created_at=clock.now(),
    )


def make_author(
    organisation: Organisation, key: str = "dalila", network: str = "test", **values: object
) -> Author:
    author, _ = Author.objects.get_or_create(
        organisation=organisation,
        network=network,
        key=key,
        defaults={
            "handle": key,
            "name": key.title(),
            "first_seen_at": clock.now(),
            "recognised_at": clock.now(),
        }
        | values,
    )
    if not author.identities.exists():
        person = Person.objects.create(organisation=organisation, name=author.shown, created_at=clock.now())
        Identity.objects.create(
            author=author,
            person=person,
            evidence="first_seen",
            confidence=1.0,
            proposed_at=clock.now(),
            confirmed_at=clock.now(),
        )
    return author


def make_mention(
    channel: Channel,
    text: str,
    author: str = "dalila",
    *,
    at: datetime | None = None,
    sentiment: str = "negative",
    intent: str = "complaint",
    urgency: str = "normal",
    **values: object,
) -> Mention:
    number = next(_serial)
    organisation = channel.organisation
    receipt = Receipt.objects.create(
        organisation=organisation,
        channel=channel,
        key=f"k{number}",
        content=text.encode(),
        media_type="text/plain",
        received_at=clock.now(),
        parsed_at=clock.now(),
        end="watched",
    )
    defaults: dict[str, object] = {
        "network": "test",
        "key": f"m{number}",
        "alias": f"m{number}",
        "said_at": at or clock.now() - timedelta(minutes=5),
        "heard_at": clock.now(),
        "analysed_at": clock.now(),
        "gathered_at": clock.now(),
        "addressed": True,
    }
    mention = Mention.objects.create(
        organisation=organisation,
        channel=channel,
        receipt=receipt,
        author=make_author(organisation, author),
        text=text,
        **(defaults | values),
    )
    Analysis.objects.create(
        mention=mention,
        language="fr",
        sentiment=sentiment,
        intent=intent,
        urgency=urgency,
        scores={"language": 0.99, "sentiment": 0.8, "intent": 0.7, "urgency": 0.6},
        model="test",
        read_at=clock.now(),
    )
    return mention


def make_conversation(
    channel: Channel, text: str = "Mille-feuille immangeable", author: str = "dalila", **values: object
) -> Conversation:
    mention = make_mention(channel, text, author, **values)
    numbering, _ = Numbering.objects.get_or_create(organisation=channel.organisation)
    numbering.last += 1
    numbering.save()
    conversation = Conversation.objects.create(
        organisation=channel.organisation,
        number=numbering.last,
        title=text[:80],
        preview=text[:200],
        author=mention.author,
        channel=channel,
        opened_at=mention.said_at,
        last_at=mention.said_at,
        waiting_since=mention.said_at,
        sentiment="negative",
        intent="complaint",
        urgency="normal",
        priority=30,
        language="fr",
    )
    Part.objects.create(conversation=conversation, mention=mention, why="opened", at=clock.now())
    mention.receipt.end = "conversation"
    mention.receipt.save()
    Event.objects.create(
        organisation=channel.organisation, conversation=conversation, kind="opened", at=mention.said_at
    )
    return conversation


def make_terms(organisation: Organisation, text: str = "levain", **values: object) -> Terms:
    """Terms that can be saved; somebody who works there reviews the query, made when nobody does."""
    here = Membership.objects.filter(organisation=organisation).order_by("pk").first()
    member = here or make_member(organisation, "Rémi Reviseur", "manager")
    defaults: dict[str, object] = {
        "name": text[:120] or "q",
        "text": text,
        "purpose": "Savoir ce que l'on dit de nous",
        "basis": "legitimate_interest",
        "balance": "Propos publics seulement",
        "reviewer": member.user,
        "review_on": clock.now().date() + timedelta(days=90),
    }
    return Terms(**(defaults | values))


def make_query(
    organisation: Organisation, text: str = "levain", *, by: Membership | None = None, **values: object
) -> Query:
    return add_query(organisation, make_terms(organisation, text, **values), by=by)
