"""What repeats what: edits that people make to a text, and texts that only look alike."""

import pytest

from entendu.reading.near_duplicates import NEAR, SAME, Print, prints_of, sameness, similarity, words_of

SAID = (
    "@tourlevent la crème de vos éclairs de ce matin était tournée, toute la famille est malade depuis midi"
)
REPEATS = {
    "repost": f"RT @lea_m: {SAID}",
    "forwarded": f"Fwd: RE : {SAID}",
    "address": f"{SAID} https://photo.example/a?x=1",
    "other handle": SAID.replace("@tourlevent", "@Tourlevent_Montreal"),
    "capitals and accents": SAID.upper().replace("È", "E").replace("É", "E"),
    "comment in front": f"À lire, c’est grave : {SAID}",
    "cut short": SAID.rpartition(" depuis")[0],
    "a word changed": SAID.replace("matin", "midi"),
}
OTHERS = {
    "same subject": "@tourlevent la crème de vos choux d'hier avait un goût de vinaigre, je suis malade",
    "same beginning": "@tourlevent la crème de vos éclairs est la meilleure de toute la ville, merci à l'équipe",
    "nothing in common": "Quelqu'un sait si la boulangerie du quai est ouverte dimanche matin ?",
}


def prints(*texts: str) -> list[Print]:
    found = [one for one in prints_of(texts, "7") if one is not None]
    assert len(found) == len(texts)
    return found


def meet(one: Print, other: Print) -> bool:
    return bool(set(one.keys) & set(other.keys)) and (
        one.whole == other.whole or similarity(one.signature, other.signature) >= NEAR
    )


@pytest.mark.parametrize("text", REPEATS.values(), ids=REPEATS.keys())
def test_what_people_do_to_a_text_is_seen_through(text: str) -> None:
    assert meet(*prints(SAID, text))


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS.keys())
def test_what_only_looks_alike_stays_apart(text: str) -> None:
    assert not meet(*prints(SAID, text))


@pytest.mark.parametrize(
    "text", ["", "merci", "Thank you!", "@tourlevent merci", "https://a.example/b", "🥐🥐"]
)
def test_a_word_or_two_repeat_nobody(text: str) -> None:
    assert prints_of([text]) == [None]


def test_short_texts_meet_only_when_they_are_identical() -> None:
    one, same, other = prints(
        "Boycott Tourlevent maintenant", "boycott @lea tourlevent MAINTENANT !", "Boycott Tourlevent demain"
    )
    assert one.whole == same.whole
    assert (one.bands, one.signature) == ((), b"")
    assert not set(one.keys) & set(other.keys)


def test_two_organisations_never_meet() -> None:
    (here,), (there,) = prints_of([SAID], "1"), prints_of([SAID], "2")
    assert here is not None
    assert there is not None
    assert not set(here.keys) & set(there.keys)


def test_keys_fit_the_store_and_do_not_depend_on_the_batch() -> None:
    alone = prints(SAID)[0]
    among = prints(OTHERS["same subject"], SAID)[1]
    assert alone == among
    assert all(0 <= key < 2**63 for key in alone.keys)
    assert similarity(alone.signature, among.signature) == SAME
    assert similarity(alone.signature, b"") == 0.0


def test_the_same_reading_asks_for_the_same_signs() -> None:
    assert sameness("@a  Ouvert https://x.example/1 ?") == sameness("@bob Ouvert http://y.example ?")
    assert sameness("Ouvert dimanche ?") != sameness("Ouvert dimanche !")
    assert sameness("Super 😡") != sameness("Super 😍")


def test_hostile_texts_are_read() -> None:
    huge = "mot " * 100_000 + "\x00\ud83d"
    assert len(words_of(huge)) == 2_000
    assert prints_of([huge, "@" * 10_000, "http://" * 5_000, "\u202e\u202e a b c"])
