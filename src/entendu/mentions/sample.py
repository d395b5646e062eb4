"""A sample organisation goes with the bytes of its files, and with the files that it was made from."""

import shutil
from functools import partial

from django.conf import settings
from django.db import transaction

from entendu.accounts.models import Membership, Organisation
from entendu.accounts.sample import remove_sample
from entendu.mentions.discard import discard
from entendu.mentions.models import Attachment


@transaction.atomic
def remove_sample_and_files(organisation: Organisation, *, by: Membership | None = None) -> int:
    """Removes a sample organisation, all that it holds and the files kept for it; returns how many rows went.
    Raises MemberRefused when it is not a sample."""
    discard(Attachment.objects.filter(mention__organisation=organisation))
    rows = remove_sample(organisation, by=by)
    transaction.on_commit(partial(shutil.rmtree, settings.HOME / "sample", ignore_errors=True))
    return rows
