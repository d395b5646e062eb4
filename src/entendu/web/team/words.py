"""Why a change was refused, what each role may do, and the verbs of the trail, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, str | Promise] = {
    "last_admin": _("Somebody must administer: name another administrator first."),
    "bad_role": _("This role does not exist."),
    "taken": _("This person is a member already."),
    "empty": _("A name and an e-mail address are needed."),
    "not_allowed": _("Your role does not allow this."),
    "elsewhere": _(
        "This person also works at another organisation, and signs in with a password of his or her own."
    ),
    "bad_email": _("This is not an e-mail address."),
}
ROLES: dict[str, str | Promise] = {
    "admin": _("everything, and who works here"),
    "manager": _("answers, and decides what we listen for"),
    "agent": _("takes, answers, promises"),
    "expert": _("helps with notes and corrections"),
    "reader": _("looks"),
}
VERBS: dict[str, str | Promise] = {
    "add_channel": _("opened the channel"),
    "change_channel": _("changed the channel"),
    "switch_channel": _("switched the channel"),
    "follow": _("follows more addresses on"),
    "unfollow": _("follows fewer addresses on"),
    "change_address": _("changed the inbound address of"),
    "close_address": _("closed the inbound address of"),
    "read_raw": _("read the bytes, as they came, of"),
    "set_masks": _("changed what is masked"),
    "set_patterns": _("changed our own numbers"),
    "claim_added": _("announced"),
    "claim_changed": _("changed the announcement"),
    "claim_accepted": _("accepted the announcement"),
    "claim_refused": _("refused the announcement"),
    "claim_ended": _("withdrew the announcement"),
    "claim_decided": _("judged a message against the announcement"),
    "add_member": _("added the member"),
    "change_role": _("changed the role of"),
    "remove_member": _("removed the member"),
    "invite": _("made a sign-in link for"),
    "set_team": _("set the team"),
    "remove_team": _("removed the team"),
    "add_query": _("added the query"),
    "change_query": _("changed the query"),
    "remove_query": _("removed the query"),
    "review_query": _("reviewed the query"),
    "switch_query": _("switched the query"),
    "back_fill": _("searched the past with the query"),
    "stop_back_fill": _("stopped the search of the past of the query"),
    "add_opt_out": _("noted an opt-out:"),
    "remove_opt_out": _("removed an opt-out:"),
    "add_topic": _("added the topic"),
    "change_topic": _("changed the topic"),
    "set_writer": _("set where summaries are written:"),
    "mute_word": _("muted the word"),
    "unmute_word": _("listens again to the word"),
    "make_token": _("made a token for"),
    "revoke_token": _("revoked the token of"),
    "make_organisation": _("made the organisation"),
    "drop_mention": _("dropped a message of"),
    "link": _("linked an account to"),
    "unlink": _("unlinked an account of"),
    "erase_person": _("erased"),
    "export_person": _("exported"),
}
