"""Somebody asked not to be listened to: the account goes on the list, and is forgotten where nothing of it is kept."""

from django.db import transaction

from entendu.accounts.models import Membership
from entendu.conversations.models import Conversation
from entendu.mentions.models import OptOut
from entendu.mentions.opt_outs import add_opt_out
from entendu.people.forget import forget_strangers


@transaction.atomic
def opt_out(by: Membership, *, network: str, account: str, reason: str) -> OptOut:
    """Adds a line to the list, forgets what is only watched, and the accounts that said nothing else. Raises
    OptOutRefused."""
    line, authors = add_opt_out(by, network=network, account=account, reason=reason)
    spoke = Conversation.objects.filter(author__in=authors).values_list("author", flat=True)
    forget_strangers(set(authors) - set(spoke))
    return line
