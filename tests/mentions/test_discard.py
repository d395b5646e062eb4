"""The bytes of a file go with the last row that names it, once that is certain, and not before."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from entendu.accounts.members import MemberRefused
from entendu.accounts.models import Membership, Organisation
from entendu.channels.models import Channel
from entendu.conversations.gather import forget
from entendu.kit import clock
from entendu.mentions.drop import DropRefused, drop
from entendu.mentions.keep import keep, path_of
from entendu.mentions.models import Attachment, End, Mention, Receipt
from entendu.mentions.record import attach_files
from entendu.mentions.sample import remove_sample_and_files
from entendu.wire import AttachmentRef, AuthorRef, Item
from hear import hear, said
from make import make_channel, make_mention

pytestmark = pytest.mark.django_db(transaction=True)


def file_of(mention: Mention, content: bytes) -> Path:
    digest = keep(content)
    Attachment.objects.create(mention=mention, name="x.png", media_type="image/png", digest=digest)
    return path_of(digest)


def take_back(mention: Mention, by: Membership, folder: Path) -> None:
    row = said(mention.key, "", kind="deleted")
    hear(mention.organisation, folder, [row])


def drop_it(mention: Mention, by: Membership, folder: Path) -> None:
    drop(mention, by=by, reason="off_topic")


def find_nothing(mention: Mention, by: Membership, folder: Path) -> None:
    with transaction.atomic():
        forget([mention])


def remove_house(mention: Mention, by: Membership, folder: Path) -> None:
    Organisation.objects.filter(pk=mention.organisation_id).update(is_sample=True)
    remove_sample_and_files(Organisation.objects.get(pk=mention.organisation_id))


WAYS = (take_back, drop_it, find_nothing, remove_house)
Way = Callable[[Mention, Membership, Path], None]


def test_what_is_refused_costs_no_file(channel: Channel, alice: Membership, admin: Membership) -> None:
    mention = make_mention(channel, "Crème")
    path = file_of(mention, b"refused")
    Receipt.objects.filter(pk=mention.receipt_id).update(end=End.CONVERSATION)
    with pytest.raises(DropRefused):
        drop(mention, by=admin, reason="spam")
    with pytest.raises(MemberRefused):
        remove_sample_and_files(channel.organisation, by=admin)
    assert path.exists()


def test_what_is_rolled_back_costs_no_file(channel: Channel, admin: Membership) -> None:
    mention = make_mention(channel, "Crème")
    path = file_of(mention, b"rolled back")
    with transaction.atomic():
        drop(mention, by=admin, reason="spam")
        transaction.set_rollback(True)
    assert path.exists()
    assert Attachment.objects.filter(digest=path.name).exists()


@pytest.mark.parametrize("way", WAYS)
def test_the_same_file_elsewhere_keeps_its_bytes(
    way: Way, channel: Channel, admin: Membership, elsewhere: Organisation, tmp_path: Path
) -> None:
    mention = make_mention(channel, "Crème")
    file_of(make_mention(make_channel(elsewhere, "Autre"), "Crème"), b"shared")
    path = file_of(mention, b"shared")
    way(mention, admin, tmp_path)
    assert not Attachment.objects.filter(mention=mention.pk).exists()
    assert path.read_bytes() == b"shared"


@pytest.mark.parametrize("way", WAYS)
def test_bytes_go_with_their_last_row(way: Way, channel: Channel, admin: Membership, tmp_path: Path) -> None:
    mention = make_mention(channel, "Crème")
    path = file_of(mention, b"alone")
    way(mention, admin, tmp_path)
    assert not path.exists()


def test_a_file_that_comes_while_the_same_one_goes_is_there_in_the_end(channel: Channel) -> None:
    mention = make_mention(channel, "Crème")
    item = Item(
        key="k", network="test", author=AuthorRef(key="a"), text="", at=clock.now(),
        attachments=(AttachmentRef("x.png", "image/png", b"crossing"),),
    )  # fmt: skip
    with transaction.atomic():
        attach_files([(mention, item)])
        digest = Attachment.objects.get(mention=mention).digest
        path_of(digest).unlink()  # as a removal does that cannot see the new row yet
    assert path_of(digest).read_bytes() == b"crossing"


def test_a_sample_goes_with_the_files_that_it_was_made_from(
    channel: Channel, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    source = settings.HOME / "sample" / "microblog.jsonl"
    source.parent.mkdir(exist_ok=True)
    source.write_text("{}\n")
    Organisation.objects.filter(pk=channel.organisation_id).update(is_sample=True)
    with django_capture_on_commit_callbacks(execute=True):
        remove_sample_and_files(Organisation.objects.get(pk=channel.organisation_id))
    assert not source.parent.exists()
