"""Notes between colleagues. A name after an @ nudges its bearer."""

import re

from entendu.accounts.models import Membership
from entendu.conversations.errors import VerbRefused
from entendu.conversations.event import record
from entendu.conversations.hold import held
from entendu.conversations.models import Conversation, Kind, Note, Nudge
from entendu.kit import clock
from entendu.kit.fold import fold

_NAMED = re.compile(r"(?<![\w@])@(\w[\w'’-]*(?:\.\w[\w'’-]*)*)")


def note(conversation: Conversation, *, by: Membership, text: str) -> Note:
    """Keeps an internal word, and nudges the colleagues whom it names: "@karim", "@karim.haddad".

    A first name borne by several nudges them all. Allowed on a closed conversation: nobody outside hears it.
    """
    with held(conversation, by=by, right="note"):
        text = text.strip()
        if not text:
            raise VerbRefused("empty")
        written = Note.objects.create(conversation=conversation, text=text, by=by.user, at=clock.now())
        nudged = _named(text, by)
        Nudge.objects.bulk_create([Nudge(note=written, member=member) for member in nudged])
        record(conversation, Kind.NOTED, by=by, note=written.pk, nudged=[member.user_id for member in nudged])
        return written


def see(conversation: Conversation, *, by: Membership) -> int:
    """`by` has seen the notes that name him here. Returns how many were new. No event: nothing changes."""
    with held(conversation, by=by):
        unseen = Nudge.objects.filter(note__conversation=conversation, member=by, seen_at__isnull=True)
        return unseen.update(seen_at=clock.now())


def _named(text: str, by: Membership) -> list[Membership]:
    """The active colleagues whom `text` names, the author left out."""
    names = {fold(name) for name in _NAMED.findall(text)}
    if not names:
        return []
    others = Membership.objects.visible_to(by).exclude(pk=by.pk).filter(user__is_active=True)
    return [member for member in others.select_related("user") if names & _handles(member.user.name)]


def _handles(name: str) -> set[str]:
    words = fold(name).split()
    return {words[0], ".".join(words), f"{words[0]}.{words[-1]}"} if words else set()
