"""The numbers that people say to each other: one sequence for each organisation, without doubles."""

from django.db import transaction
from django.db.models import F

from entendu.accounts.models import Organisation
from entendu.conversations.models import Numbering


def next_number(organisation: Organisation, count: int = 1) -> int:
    """Takes `count` numbers in a row; returns the first. They are given back if the transaction around fails.

    The UPDATE holds the row until that transaction ends (SQLite: its immediate transaction holds the store),
    so that what is read after it is nobody else's.
    """
    with transaction.atomic():
        row = Numbering.objects.filter(organisation=organisation)
        if not row.update(last=F("last") + count):
            Numbering.objects.bulk_create([Numbering(organisation=organisation)], ignore_conflicts=True)
            row.update(last=F("last") + count)
        return row.get().last - count + 1
