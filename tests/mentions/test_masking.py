"""Personal data is masked where the rules say so: at once in what is stored, on screen, for programs."""

from pathlib import Path

import pytest

from entendu.accounts.models import Audit, Membership, Organisation
from entendu.conversations.errors import VerbRefused
from entendu.conversations.models import Conversation
from entendu.conversations.reply import reply
from entendu.mentions.masking import BadRule, rules_of, set_patterns, set_rules
from entendu.mentions.models import Mention, Place, Receipt, SearchEntry
from entendu.reading import pii
from hear import hear, said
from make import make_conversation

CARD = "4111 1111 1111 1111"
TEXT = f"ma carte {CARD} est refusée, appelez le 06 12 34 56 78"


def usual() -> set[tuple[str, str]]:
    return {(kind, place) for place, kinds in rules_of([0])[0].kinds.items() for kind in kinds}


def test_agents_and_bad_values_change_no_rule(organisation: Organisation, alice, admin) -> None:  # type: ignore[no-untyped-def]
    for actor, rules, code in (
        (alice, usual(), "not_allowed"),
        (admin, {("card", "moon")}, "bad_value"),
        (admin, {("shoe", "api")}, "bad_value"),
    ):
        with pytest.raises(BadRule) as bad:
            set_rules(actor, rules)
        assert bad.value.code == code
    for patterns in (["(a+)+$"], ["999"], ["9" * 41], ["A B 999"]):
        with pytest.raises(BadRule):
            set_patterns(admin, patterns)
    assert not Audit.objects.exists()


def test_a_card_is_stored_masked_and_found_by_no_search(organisation: Organisation, tmp_path: Path) -> None:
    hear(organisation, tmp_path, [said("1", TEXT)])
    mention = Mention.objects.get()
    assert mention.text == "ma carte [card] est refusée, appelez le 06 12 34 56 78"
    assert "4111" not in SearchEntry.objects.get().folded
    assert "4111" not in Conversation.objects.get().preview
    # The bytes as they came stay, apart.
    assert b"4111" in bytes(Receipt.objects.get().content)


def test_an_edition_is_masked_too(organisation: Organisation, tmp_path: Path) -> None:
    from hear import hear_more

    channel = hear(organisation, tmp_path, [said("1", "bonjour")])
    hear_more(channel, [said("1", TEXT, kind="edited")])
    assert "4111" not in Mention.objects.get().text


def test_an_organisation_decides_and_it_is_in_the_trail(
    organisation: Organisation, admin: Membership, tmp_path: Path
) -> None:
    set_rules(admin, (usual() - {("card", "stored")}) | {("phone", "stored")})
    set_patterns(admin, ["CMD-999999"])
    hear(organisation, tmp_path, [said("1", TEXT)])
    assert Mention.objects.get().text == f"ma carte {CARD} est refusée, appelez le [phone]"
    rules = rules_of([organisation.pk])[organisation.pk]
    assert rules.masked("pour CMD-123456 svp", Place.OUTGOING) == "pour [order] svp"
    assert rules.masked(TEXT, Place.SCREEN) == TEXT.replace(CARD, "[card]")
    assert [one.verb for one in Audit.objects.filter(verb__startswith="set_").order_by("id")] == [
        "set_masks",
        "set_patterns",
    ]


def test_own_patterns_are_no_regular_expressions() -> None:
    assert pii.is_pattern("CMD-999999") and not pii.is_pattern("CMD")
    assert pii.mask("xa999 abc", patterns=["x.999"]) == "xa999 abc"
    assert pii.mask("x.123 et xa123", {"order"}, patterns=["x.999"]) == "[order] et xa123"


def test_a_public_reply_that_publishes_what_the_person_wrote_is_held_back(channel, alice) -> None:  # type: ignore[no-untyped-def]
    conversation = make_conversation(channel, "Rappelez-moi au 06 12 34 56 78, merci")

    def send(text: str, **more):  # type: ignore[no-untyped-def]
        return reply(
            conversation, by=alice, text=text, visibility="public", seen_version=conversation.version, **more
        )

    for text in ("Nous vous rappelons au 0612345678.", f"Votre carte {CARD} a été débitée."):
        with pytest.raises(VerbRefused) as refusal:
            send(text)
        assert refusal.value.code == "personal_data"
    assert not conversation.replies.exists()
    send("Appelez-nous au 01 99 00 12 34.")
    conversation.refresh_from_db()
    send("Nous vous rappelons au 0612345678.", anyway=True)
    assert conversation.replies.count() == 2
