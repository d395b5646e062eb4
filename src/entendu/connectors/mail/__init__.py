"""Mail as a channel: IMAP in, SMTP out. What the layers above must do with it:

**Keys.** `Item.network` is "mail". `Item.key` is `message-id:digest` (8 hex digits of who, when and what),
so that two mails that share a Message-ID are both kept and one mail seen twice (another folder, a new
UIDVALIDITY) is kept once: a unique index on (organisation, network, key) is all it takes. The plain
Message-ID, without brackets, is in `extra["message_id"]` (a mail without one gets one derived from its
content). `Raw.key` is a hash of what the mail was given on its way (Received) and of its first headers, so
that a renumbered folder doubles no receipt; of a mail without them, UIDVALIDITY and UID.

**Threads.** `parent_key`, `references` (nearest first) and `thread_key` (the root of the discussion, or the
mail's own id) are plain Message-IDs: look them up among `extra["message_id"]` of what was received and
`Sent.key` of what was sent, never by links alone: in the same organisation, and only where the sender of
the mail already took part (a newsletter's readers share references; a stranger can quote any id).

**Ours.** `ours` says that the sender's address is ours. Addresses are forged easily: `extra["unproved"]`
reminds of it. Only an id and a text that the outbox knows prove it; such an echo is dropped, and no
promise, no measure and no closing may rest on the rest. A mail with our loop mark from another sender is
`automatic` ("loop").

**Machines.** `automatic` mails open nothing and are answered by nothing. `extra["automatic"]` says which
machine (`kit.mailheaders.automatic`); for a bounce, `parent_key` is the Message-ID of ours that came back:
show it there.

**Answers.** `send` needs `Draft.extra` to be the `extra` of the item that is answered, and `Draft.to_key`
its author. The answer goes to `extra["reply_to"]` when there is one: the page must show that address before
the agent writes. `Sent.key` is the plain Message-ID `key@domain`, the same at every attempt.

**Settling.** After `unknown`, or a kill in the middle of a send, `find_sent` looks for our Message-ID in
the Sent folder, and for an answer to it in the mailbox. When it finds neither, it says "not there" (None)
only if the server itself files what it sends (setting `sent_by_server`), for then absence is a proof.
Otherwise it raises WireError `cannot_settle`: the outbox parks the reply for a person. We append to Sent
after SMTP said yes: never before, since a copy must not claim what did not leave.
"""

from entendu.connectors.mail.connector import MailConnector

__all__ = ["MailConnector"]
