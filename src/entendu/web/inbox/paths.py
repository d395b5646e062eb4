"""The addresses of the inbox."""

from django.urls import path

from entendu.web.inbox import pages, say, verbs

_ON = "conversations/<int:number>"

PATHS = [
    path("inbox/<slug:box>/", pages.inbox, name="inbox"),
    path("inbox/<slug:box>/rows/", pages.rows, name="inbox_rows"),
    path("inbox/<slug:box>/<int:number>/", pages.conversation, name="conversation"),
    path("menu/", pages.menu, name="menu"),
    path("conversations/next/", verbs.take_next, name="take_next"),
    path(f"{_ON}/fresh/", pages.fresh, name="fresh"),
    path(f"{_ON}/take/", verbs.take, name="take"),
    path(f"{_ON}/release/", verbs.release, name="release"),
    path(f"{_ON}/assign/", verbs.assign, name="assign"),
    path(f"{_ON}/snooze/", verbs.snooze, name="snooze"),
    path(f"{_ON}/wake/", verbs.wake, name="wake"),
    path(f"{_ON}/close/", verbs.close, name="close"),
    path(f"{_ON}/reopen/", verbs.reopen, name="reopen"),
    path(f"{_ON}/topic/", verbs.topic, name="topic"),
    path(f"{_ON}/attach/", verbs.attach, name="attach"),
    path(f"{_ON}/detach/", verbs.detach, name="detach"),
    path(f"{_ON}/correct/", verbs.correct, name="correct"),
    path(f"{_ON}/reply/", say.reply, name="reply"),
    path(f"{_ON}/replies/<int:reply>/unsend/", say.unsend, name="unsend"),
    path(f"{_ON}/replies/<int:reply>/settle/", say.settle, name="settle"),
    path(f"{_ON}/note/", say.note, name="note"),
    path(f"{_ON}/promise/", say.promise, name="promise"),
    path(f"{_ON}/promises/<int:promise>/keep/", say.keep, name="keep"),
    path(f"{_ON}/promises/<int:promise>/renew/", say.renew, name="renew"),
    path(f"{_ON}/presence/", say.presence, name="presence"),
]
