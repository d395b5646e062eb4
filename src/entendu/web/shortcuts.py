"""Every action that has a key, in one list: the help, the palette and the script read it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from entendu.accounts.models import Membership
from entendu.web import nav


@dataclass(frozen=True)
class Action:
    """`action` is what the script runs: a word that it knows, or the `data-do` of an element of the page.

    `keys` are values of `event.key` in lower case: they stay under the same letters on AZERTY and QWERTY.
    """

    action: str
    label: str | Promise
    keys: str = ""
    icon: str = "arrow-right"
    url: str = ""
    in_palette: bool = True

    @property
    def shown(self) -> list[str]:
        """The keys as they are printed on a keyboard."""
        return [key.upper() if len(key) == 1 else key for key in self.keys.split()]


ACTIONS = [
    Action("next", _("Next conversation"), "j", "arrow-down"),
    Action("previous", _("Previous conversation"), "k", "arrow-up"),
    Action("open", _("Open the conversation"), "Enter", "mail-open", in_palette=False),
    Action("take_next", _("Take the next one"), "n", "hand"),
    Action("take", _("Take this conversation"), "y", "hand"),
    Action("reply", _("Reply"), "r", "reply"),
    Action("note", _("Write a note"), "m", "sticky-note"),
    Action("send", _("Send what is written"), "Ctrl+Enter", "send", in_palette=False),
    Action("close", pgettext_lazy("verb", "Close"), "e", "check"),
    Action("snooze", _("Pause"), "s", "alarm-clock"),
    Action("assign", _("Hand over to a colleague"), "t", "user-plus"),
    Action("topic", _("Set the topic"), "l", "tag"),
    Action("correct", _("Correct what was read"), "c", "pencil"),
    Action("choose", _("Choose a message of the stream"), "x", "square-check"),
    Action("open_mention", _("Open a conversation from it"), "o", "message-square-plus"),
    Action("watch", _("Only watch it: nobody has to answer"), "w", "eye"),
    Action("drop", _("Drop it, with a reason"), "d", "trash-2"),
    Action("claim_yes", _("It contradicts what was announced"), "v", "check"),
    Action("claim_no", _("It does not contradict what was announced"), "b", "x"),
    Action("undo", _("Undo"), "z", "undo-2"),
    Action("search", _("Search"), "/", "search"),
    Action("palette", _("Search for an action"), "Ctrl+K", "command", in_palette=False),
    Action("help", _("Keyboard shortcuts"), "?", "keyboard"),
]


def actions_for(actor: Membership) -> list[Action]:
    """The actions of the conversation, then one to go to each screen of the menu."""
    going = [
        Action(
            f"go_{entry.view}_{'_'.join(entry.args)}",
            entry.label,
            f"g {entry.key}" if entry.key else "",
            entry.icon,
            reverse(entry.view, args=entry.args),
        )
        for group in nav.GROUPS
        for entry in group.entries
        if not entry.right or actor.may(entry.right)
    ]
    return ACTIONS + going
