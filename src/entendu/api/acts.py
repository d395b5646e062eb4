"""What is done in conversations: each operation calls the verb of its name."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Header, Router, Status

from entendu.analysis.models import Topic
from entendu.api.access import Call, needs
from entendu.api.conversations import find
from entendu.api.fields import Code, Given, Id, Line, Moment, Number, PathId, PathNumber, Text
from entendu.api.schemas.conversations import (
    ConversationOut,
    NoteOut,
    PromiseOut,
    ReplyOut,
    conversation_out,
    note_out,
    promise_out,
    reply_out,
)
from entendu.conversations import close as closing
from entendu.conversations import note as notes
from entendu.conversations import promise as promises
from entendu.conversations import reply as replies
from entendu.conversations import snooze as pauses
from entendu.conversations import take as taking
from entendu.conversations import topic as topics
from entendu.conversations.models import Conversation, Promise, Reply
from entendu.conversations.promise import PromiseTerms
from entendu.mentions.models import Mention

router = Router(tags=["conversations"])


class PromiseIn(Given):
    what: Line
    due_at: Moment
    conditions: Line = ""

    def terms(self) -> PromiseTerms:
        """As the verb takes them."""
        return PromiseTerms(self.what, self.due_at, self.conditions)


class ReplyIn(Given):
    """`seen_version`: the version of the conversation that the writer had before his eyes. `answers`: the
    id of the mention to answer; the customer's last word when it is not given. `anyway`:
    personal data in public is meant."""

    text: Text
    visibility: Literal["public", "private"]
    seen_version: Number
    answers: Id | None = None
    promise: PromiseIn | None = None
    anyway: bool = False


class NoteIn(Given):
    text: Text


class UntilIn(Given):
    until: Moment


class CloseIn(Given):
    """`reason`: solved, no_answer, duplicate or unwanted."""

    reason: Code = "solved"


class TopicIn(Given):
    """The slug of a topic; null takes the topic away."""

    topic: Code | None


@router.post("/next", response={200: ConversationOut, 204: None})
@needs("answer")
def take_next(request: Call) -> Status[dict[str, Any] | None]:
    """Takes the first conversation that waits for somebody; 204 when none does."""
    found = taking.take_next(by=request.auth)
    return Status(200, _fresh(request, found)) if found else Status(204, None)


@router.post("/{number}/take", response=ConversationOut)
@needs("answer")
def take(request: Call, number: PathNumber) -> dict[str, Any]:
    """Takes care of it from now on."""
    found = find(request, number)
    taking.take(found, by=request.auth)
    return _fresh(request, found)


@router.post("/{number}/release", response=ConversationOut)
@needs("answer")
def release(request: Call, number: PathNumber) -> dict[str, Any]:
    """Puts it back among those to take."""
    found = find(request, number)
    taking.release(found, by=request.auth)
    return _fresh(request, found)


@router.post("/{number}/replies", response={201: ReplyOut})
@needs("answer")
def reply(
    request: Call,
    number: PathNumber,
    given: ReplyIn,
    key: Annotated[str, Header(alias="Idempotency-Key", max_length=200)] = "",
) -> Status[dict[str, Any]]:
    """Writes a reply, which leaves a few seconds later. The same `Idempotency-Key` again returns the same
    reply; 409 when the conversation changed since `seen_version`, with what is new in `events`."""
    found = find(request, number)
    answers = (
        get_object_or_404(Mention.objects.visible_to(request.auth), pk=given.answers)
        if given.answers
        else None
    )
    written = replies.reply(
        found,
        by=request.auth,
        text=given.text,
        visibility=given.visibility,
        answers=answers,
        seen_version=given.seen_version,
        key=key,
        promise=given.promise.terms() if given.promise else None,
        anyway=given.anyway,
    )
    return Status(201, reply_out(written))


@router.delete("/{number}/replies/{reply_id}", response=ReplyOut)
@needs("answer")
def unsend(request: Call, number: PathNumber, reply_id: PathId) -> dict[str, Any]:
    """Takes a reply back as long as it has not begun to leave."""
    mine = Reply.objects.visible_to(request.auth).select_related("conversation", "by")
    found = get_object_or_404(mine, pk=reply_id, conversation__number=number)
    return reply_out(replies.unsend(found, by=request.auth))


@router.post("/{number}/notes", response={201: NoteOut})
@needs("note")
def note(request: Call, number: PathNumber, given: NoteIn) -> Status[dict[str, Any]]:
    """Keeps an internal word; "@karim" nudges Karim."""
    return Status(201, note_out(notes.note(find(request, number), by=request.auth, text=given.text)))


@router.post("/{number}/promises", response={201: PromiseOut})
@needs("answer")
def promise(request: Call, number: PathNumber, given: PromiseIn) -> Status[dict[str, Any]]:
    """Engages the organisation towards the customer."""
    return Status(
        201, promise_out(promises.promise(find(request, number), by=request.auth, terms=given.terms()))
    )


@router.post("/{number}/promises/{promise_id}/keep", response=PromiseOut)
@needs("answer")
def keep(request: Call, number: PathNumber, promise_id: PathId) -> dict[str, Any]:
    """It is done."""
    mine = Promise.objects.visible_to(request.auth).select_related("conversation", "by")
    found = get_object_or_404(mine, pk=promise_id, conversation__number=number)
    return promise_out(promises.keep(found, by=request.auth))


@router.post("/{number}/snooze", response=ConversationOut)
@needs("triage")
def snooze(request: Call, number: PathNumber, given: UntilIn) -> dict[str, Any]:
    """Pauses it until a date, or until the customer speaks."""
    found = find(request, number)
    pauses.snooze(found, by=request.auth, until=given.until)
    return _fresh(request, found)


@router.post("/{number}/wake", response=ConversationOut)
@needs("triage")
def wake(request: Call, number: PathNumber) -> dict[str, Any]:
    """Ends the pause."""
    found = find(request, number)
    pauses.wake(found, by=request.auth)
    return _fresh(request, found)


@router.post("/{number}/close", response=ConversationOut)
@needs("answer")
def close(request: Call, number: PathNumber, given: CloseIn) -> dict[str, Any]:
    """Closes it. Refused while a promise is running."""
    found = find(request, number)
    closing.close(found, by=request.auth, reason=given.reason)
    return _fresh(request, found)


@router.post("/{number}/reopen", response=ConversationOut)
@needs("answer")
def reopen(request: Call, number: PathNumber) -> dict[str, Any]:
    """Opens it again."""
    found = find(request, number)
    closing.reopen(found, by=request.auth)
    return _fresh(request, found)


@router.post("/{number}/topic", response=ConversationOut)
@needs("triage")
def set_topic(request: Call, number: PathNumber, given: TopicIn) -> dict[str, Any]:
    """Says what it is about."""
    found = find(request, number)
    wanted = (
        get_object_or_404(Topic.objects.visible_to(request.auth), slug=given.topic) if given.topic else None
    )
    topics.set_topic(found, by=request.auth, topic=wanted)
    return _fresh(request, found)


def _fresh(request: Call, conversation: Conversation) -> dict[str, Any]:
    return conversation_out(find(request, conversation.number))
