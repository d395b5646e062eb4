"""The writer: off by default, masked first, bounded, labelled, and never obeyed. The endpoint here is a fake."""

import orjson
import pytest

from entendu.analysis.models import Writer, Written
from entendu.analysis.set_writer import WriterRefused, set_writer
from entendu.analysis.write_line import (
    LONGEST_LINE,
    LONGEST_SENT,
    NotWritten,
    forget_stale,
    line_in,
    masked,
    write_line,
    written_about,
)
from entendu.channels.seal import unseal
from entendu.mentions.models import OwnPattern
from local_http import Answer, local_server
from make import make_author, make_mention

SECRETS = [
    "dalila.benali@client.example", "06 12 34 56 78", "FR76 3000 6000 0112 3456 7890 189", "4111 1111 1111 1111",
    "2 69 05 49 588 157 80", "AB-12345", "https://shop.example/me?token=abc", "@dalila_b", "Dalila Benali",
]  # fmt: skip
TEXT = (
    "Bonjour, Dalila Benali ici (@dalila_b), dalila.benali@client.example, 06 12 34 56 78, "
    "IBAN FR76 3000 6000 0112 3456 7890 189, carte 4111 1111 1111 1111, NIR 2 69 05 49 588 157 80, "
    "commande AB-12345, voir https://shop.example/me?token=abc : le pain était rassis."
)


def said(text: str) -> Answer:
    return Answer(orjson.dumps({"choices": [{"message": {"content": text}}]}))


@pytest.fixture
def fake():
    """A fake endpoint: it answers what the test writes down, and remembers what it was asked."""
    with local_server() as server:
        yield server


@pytest.fixture
def writer(fake, admin, settings):
    settings.HTTP_ALLOW = [fake.host]
    fake.routes["/v1/chat/completions"] = said("Le pain est rassis.")
    return set_writer(
        by=admin, base_url=f"{fake.url}/v1", model="petit-modele", key="cle-secrete", active=True
    )


@pytest.fixture
def mention(organisation, channel):
    make_author(organisation, "dalila_b", name="Dalila Benali", handle="dalila_b")
    return make_mention(channel, TEXT, "dalila_b")


def trouble(mentions, by, **more):
    with pytest.raises(NotWritten) as found:
        write_line("signal/1", mentions, language="fr", by=by, **more)
    return found.value.code


def test_it_is_off_until_an_administrator_turns_it_on(fake, alice, admin, mention, settings):
    assert trouble([mention], alice) == "off"
    settings.HTTP_ALLOW = [fake.host]
    set_writer(by=admin, base_url=fake.url, model="m", key="", active=False)
    assert trouble([mention], alice) == "off"
    assert fake.asked == []


def test_only_an_administrator_sets_it_and_private_houses_must_be_listed(alice, admin, settings):
    settings.HTTP_ALLOW = []
    for by, url, model in (
        (alice, "https://models.example/v1", "m"),
        (admin, "http://127.0.0.1:9/v1", "m"),
        (admin, "http://models.example/v1", "m"),
        (admin, "https://10.0.0.4/v1", "m"),
        (admin, "ftp://models.example", "m"),
        (admin, "nonsense", "m"),
        (admin, "https://models.example/v1", " "),
    ):
        with pytest.raises(WriterRefused):
            set_writer(by=by, base_url=url, model=model, key="k", active=True)
    assert Writer.objects.count() == 0


def test_no_unmasked_datum_leaves(fake, writer, alice, mention):
    written = write_line("signal/1", [mention], language="fr", by=alice)
    (asked,) = fake.asked
    for secret in SECRETS:
        assert secret.encode() not in asked.body, secret
        assert orjson.dumps(secret)[1:-1] not in asked.body, secret
    assert "le pain était rassis".encode() in asked.body
    assert asked.headers["authorization"] == "Bearer cle-secrete"
    assert (written.text, written.model, written.by) == ("Le pain est rassis.", "petit-modele", alice.user)


def test_the_key_is_sealed_kept_for_its_house_and_not_carried_to_another(writer, admin):
    assert b"cle-secrete" not in bytes(writer.sealed_key)
    again = set_writer(by=admin, base_url=writer.base_url, model="autre", key="", active=True)
    assert unseal(bytes(again.sealed_key)) == {"key": "cle-secrete"}
    moved = set_writer(by=admin, base_url="https://models.example/v1", model="autre", key="", active=True)
    assert bytes(moved.sealed_key) == b""


def test_what_is_sent_is_bounded(organisation, channel):
    many = [make_mention(channel, f"{number} " + "mot " * 500, f"a{number}") for number in range(40)]
    texts = masked(many)
    assert sum(map(len, texts)) <= LONGEST_SENT
    assert max(map(len, texts)) <= 600


@pytest.mark.parametrize("before", [" " * 25_000, "mot " * 1_240, "4111 1111 1111 1111 " * 247])
def test_nothing_hides_behind_a_long_text(organisation, channel, before):
    (text,) = masked([make_mention(channel, f"{before}4111 1111 1111 1111 et 4111 1111 1111 1111", "a")])
    assert "1111" not in text
    assert text


def test_numbers_of_our_own_are_masked_too(organisation, channel):
    OwnPattern.objects.create(organisation=organisation, pattern="ZZ9999")
    (text,) = masked([make_mention(channel, "mon code ZZ1234", "a")])
    assert "1234" not in text


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answer(b"no", 401), "refused"),
        (Answer(b"wait", 429), "failed"),
        (Answer(b"oops", 500), "failed"),
        (Answer(b"<html>"), "unreadable"),
        (Answer(b'{"choices": []}'), "unreadable"),
        (Answer(b'{"choices": [{"message": {"content": ["x"]}}]}'), "unreadable"),
        (said("  \n "), "unreadable"),
        (Answer(b"{" + b" " * 300_000), "refused"),
    ],
)
def test_what_cannot_be_used_is_no_line(fake, writer, alice, mention, answer, code):
    fake.routes["/v1/chat/completions"] = answer
    assert trouble([mention], alice) == code
    assert Written.objects.count() == 0
    asked = len(fake.asked)
    assert trouble([mention], alice) == "resting", "a fault is not hammered"
    assert len(fake.asked) == asked


def test_whatever_it_says_is_only_text():
    wild = "<script>alert(1)</script>\x00\n{% now %} " + "mot " * 200
    line = line_in(said(wild).body)
    assert len(line) <= LONGEST_LINE
    assert "\x00" not in line
    assert line.startswith("<script>alert(1)</script> {% now %}")
    assert line_in(said("écrivez à a@b.example").body) == "écrivez à [email]"


def test_a_line_goes_with_the_messages_that_it_was_made_from(writer, alice, mention, charlie):
    write_line("signal/1", [mention], language="fr", by=alice)
    assert written_about(alice, "signal/1", "fr") is not None
    assert written_about(charlie, "signal/1", "fr") is None
    mention.text = ""
    mention.save()
    assert written_about(alice, "signal/1", "fr") is None
    assert forget_stale(alice.organisation) == 1
    assert Written.objects.count() == 0


def test_messages_of_others_are_not_sent(writer, fake, alice, elsewhere, mention):
    from make import make_channel

    theirs = make_mention(make_channel(elsewhere, "Loin"), "chez les autres", "eux")
    assert trouble([theirs], alice) == "nothing"
    assert fake.asked == []
