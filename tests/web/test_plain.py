"""NUL, which PostgreSQL refuses, never reaches a page or a verb."""

from django.test import Client

from entendu.accounts.models import Membership
from entendu.channels.models import Channel
from entendu.conversations.models import Note
from make import make_conversation


def test_nul_in_an_address_or_a_form_is_left_out(alice: Membership, channel: Channel) -> None:
    conversation = make_conversation(channel)
    client = Client()
    client.force_login(alice.user)
    assert client.get("/listen/?language=fr%00&q=%00").status_code == 200
    assert client.get("/dashboard/?language=%00").status_code == 200
    client.post(f"/conversations/{conversation.number}/note/", {"text": "lot\x00 retiré"})
    assert Note.objects.get().text == "lot retiré"
