"""Why a verb did not act. The code is for programs, `str()` is the sentence for the user, in his language.

VerbRefused     nothing was written
└── Stale       the conversation moved on since the page was opened; `events` are what is new
"""

from typing import TYPE_CHECKING

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from entendu.conversations.models import Event

SENTENCES: dict[str, Lazy] = {
    "not_yours": _("This conversation does not exist."),
    "gone": _("This conversation no longer exists."),
    "not_allowed": _("Your role does not allow this."),
    "nobody": _("This colleague does not work here."),
    "cannot_answer": _("%(name)s may not answer customers."),
    "taken": _("%(name)s is taking care of this conversation."),
    "not_owner": _("You are not taking care of this conversation."),
    "nobody_has_it": _("Nobody is taking care of this conversation."),
    "closed": _("This conversation is closed. Reopen it first."),
    "already_closed": _("This conversation is already closed."),
    "not_closed": _("This conversation is not closed."),
    "attached_elsewhere": _("This conversation was attached to another one. Detach it first."),
    "bad_reason": _("This is not a reason to close a conversation."),
    "promise_running": _("A promise still binds us: keep it first."),
    "not_snoozed": _("This conversation is not paused."),
    "in_the_past": _("This moment is already past."),
    "too_far": _("This moment is too far away: a year at most."),
    "empty": _("There is nothing to say yet: write a text first."),
    "too_long": _("This text has %(length)d characters; this channel takes %(most)d at most."),
    "promise_too_long": _("This has %(length)d characters; a promise takes %(most)d at most."),
    "stale": _("Something happened here since you opened this conversation."),
    "nothing_to_answer": _("Nobody has spoken here whom a reply could reach."),
    "not_in_conversation": _("This message is not part of the conversation."),
    "channel_cannot_reply": _("Entendu cannot answer on this channel."),
    "channel_needs_auth": _("The channel must be signed in again before a reply can leave."),
    "channel_blocked": _("The channel refuses us for now."),
    "channel_off": _("The channel is switched off."),
    "channel_unreadable": _("The settings of this channel cannot be read. Ask an administrator."),
    "personal_data": _(
        "This would publish personal data: %(found)s. Take it out, answer in private, or say that you mean it."
    ),
    "not_in_public": _("This channel cannot answer this message in public."),
    "not_in_private": _("This channel cannot answer this message in private."),
    "key_reused": _("This form was already sent with another text. Reload the page."),
    "taken_back": _("This reply was taken back. Reload the page to write another one."),
    "too_late": _("This reply has already left."),
    "not_uncertain": _("The fate of this reply is known."),
    "bad_outcome": _("This is not an outcome."),
    "promise_settled": _("This promise is already settled."),
    "itself": _("A conversation cannot be attached to itself."),
    "nothing_to_detach": _("This conversation is not attached to another one."),
    "bad_topic": _("This topic does not exist."),
    "not_read": _("This message was not read yet."),
    "bad_value": _("This value is not possible here."),
    "no_mention": _("This message is no longer here."),
    "in_conversation": _("This message is already in conversation #%(number)d."),
    "deleted_there": _("Its author deleted this message."),
    "said_by_us": _("We said this ourselves."),
    "not_watched": _("Only what is watched, and in no conversation, can be dropped."),
    "no_person": _("This person is not known here."),
    "already_erased": _("This person was erased already."),
    "bad_drop_reason": _("This is not a reason to drop a message."),
}


class VerbRefused(Exception):
    """A verb that did not act, and why: `code` is a key of SENTENCES, `params` fill its sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        sentence = str(SENTENCES[self.code])
        return sentence % self.params if self.params else sentence


class Stale(VerbRefused):
    """The reply was written without knowing `events` (oldest first)."""

    def __init__(self, events: "list[Event]") -> None:
        super().__init__("stale")
        self.events = events
