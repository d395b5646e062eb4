"""Files that came with messages are shown or handed over, never interpreted."""

import pytest
from django.test import Client
from django.urls import reverse

from entendu.conversations.models import Conversation
from entendu.mentions.keep import keep
from entendu.mentions.models import Attachment

PNG = bytes.fromhex("89504e470d0a1a0a")


def attach(conversation: Conversation, media_type: str, content: bytes, digest: str | None = None) -> str:
    mention = conversation.parts.get().mention
    file = Attachment.objects.create(
        mention=mention,
        name='a"b\r\n.html',
        media_type=media_type,
        size=len(content),
        digest=keep(content) if digest is None else digest,
    )
    return reverse("attachment", args=[file.pk])


def test_a_stranger_gets_no_file(client: Client, charlie_s: Client, conversation: Conversation) -> None:
    url = attach(conversation, "image/png", PNG)
    assert client.get(url).status_code == 302
    assert charlie_s.get(url).status_code == 404


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", "text/plain"])
def test_what_is_no_known_image_is_downloaded(
    alice_s: Client, conversation: Conversation, media_type: str
) -> None:
    answer = alice_s.get(attach(conversation, media_type, b"<script>alert(1)</script>"))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer["Content-Disposition"]


def test_an_image_is_shown_and_may_do_nothing(alice_s: Client, conversation: Conversation) -> None:
    answer = alice_s.get(attach(conversation, "image/png", PNG))
    assert b"".join(answer) == PNG
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("digest", ["", "../../keys/django.key", "0" * 64])
def test_a_file_whose_bytes_are_not_there_is_nothing(
    alice_s: Client, conversation: Conversation, digest: str
) -> None:
    assert alice_s.get(attach(conversation, "image/png", b"", digest=digest)).status_code == 404
