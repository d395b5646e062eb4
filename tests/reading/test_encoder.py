import numpy as np
import pytest

from entendu.reading import encoder, read
from entendu.reading.read import ASKED_BELOW, UnknownModelError, models

student = pytest.mark.skipif(
    "student" not in models(), reason="the student's weights are not in this package"
)


def test_four_bit_vectors_are_unpacked_low_halves_first():
    nibbles = np.array([[0x80 | 0x9] + [0x88] * 15], np.uint8)  # low 9, high 8: +1 in place 0, 0 elsewhere
    found = encoder.unpack(nibbles, np.array([[0.5]], np.float16))
    assert found.shape == (1, 32)
    assert found[0, 0] == 0.5
    assert not found[0, 1:].any()


class Session:
    """A fake: gives back how many pieces it saw and how many calls it had."""

    def __init__(self):
        self.calls = 0

    def run(self, _, feed):
        self.calls += 1
        return [np.stack([feed["mask"].sum(1), feed["x"][:, 0, 0]], axis=1)]


class Words:
    """A fake vocabulary: one piece a word."""

    class subwords:
        @staticmethod
        def encode(text, limit):
            return [0, *[4 + len(word) for word in text.split()], 2][:limit]

        @staticmethod
        def groups(text, limit):
            return [tuple(map(ord, word)) for word in text.split()][:limit] or [(0,)]

    @staticmethod
    def vectors(numbers):
        return np.ones((len(numbers), 32), np.float32)

    @staticmethod
    def gathered(groups):
        return np.array([[np.mean(group)] * 32 for group in groups], np.float32)

    places = np.zeros((encoder.LONGEST, 32), np.float32)


META = {"version": "t", "heads": [{"name": "a", "labels": ["x", "y"], "temperature": 1, "unsure_below": 0.5}]}


def test_scores_come_back_in_the_order_of_the_texts_and_copies_are_computed_once():
    session = Session()
    reader = encoder.EncoderReader(session, Words, META)
    texts = ["a b c d", "a", "a b", "a b c d", "", "a"]
    assert reader.score(texts)[:, 0].tolist() == [6, 3, 4, 6, 2, 3]
    assert session.calls == 1


def test_no_texts_no_scores():
    assert encoder.EncoderReader(Session(), Words, META).score([]).shape == (0, 2)


def test_a_reader_of_words_gets_one_vector_a_word():
    session = Session()
    reader = encoder.EncoderReader(session, Words, META | {"input": "words"})
    assert reader.score(["aa bb", "c", "", "bb aa"]).tolist() == [[2, 97], [1, 99], [1, 0], [2, 98]]


def test_a_word_is_the_mean_of_its_pieces_each_weighed_by_its_slot():
    data = {
        "nibbles": np.full((6, 16), 0x99, np.uint8),  # every number 1
        "scales": np.arange(6, dtype=np.float16).reshape(6, 1),
        "slots": np.array([1.0, 10.0, 0.0, 0.0]).repeat(32).reshape(4, 32),
    }
    found = encoder.Vectors(data).gathered([(2,), (3, 4), (1, 1, 5)])
    assert found[:, 0].tolist() == pytest.approx([2.0, (3 + 40) / 2, (1 + 10 + 0) / 3])


@student
def test_the_student_reads_alike_whatever_stands_beside():
    texts = [
        "Merci, vous êtes au top",
        "Colis jamais reçu, c'est honteux",
        "Are you open on Sunday?",
        "",
        "ok " * 500,
    ]
    together = read(texts, model="student")
    for alone, beside in zip([read([text], model="student")[0] for text in texts], together, strict=True):
        assert (alone.sentiment.label, alone.intent.label) == (beside.sentiment.label, beside.intent.label)
        assert alone.scores == pytest.approx(dict(beside.scores), abs=0.001)


@student
@pytest.mark.parametrize(
    ("text", "sentiment", "intent"),
    [
        ("Merci beaucoup, équipe formidable, je recommande !", "positive", "praise"),
        ("Trois semaines que j'attends mon colis et personne ne répond", "negative", "complaint"),
        ("My order never came and nobody answers the phone", "negative", "complaint"),
        ("Bonjour, êtes-vous ouverts le dimanche ?", "neutral", "question"),
    ],
)
def test_the_student_reads_plain_texts_as_a_person_would(text, sentiment, intent):
    [reading] = read([text], model="student")
    assert (reading.sentiment.label, reading.intent.label) == (sentiment, intent)


if "teacher" in models():  # its weights are made by `make train`; a package without them refuses its name

    def test_the_cascade_asks_the_teacher_only_where_the_first_is_unsure():
        texts = [
            "Merci beaucoup, équipe formidable, je recommande !",
            "bof, on verra bien",
            "never again",
            "hein ?",
        ]
        first = read(texts, model="student" if "student" in models() else "linear")
        for text, before, after in zip(texts, first, read(texts, model="cascade"), strict=True):
            doubtful = before.sentiment.score < ASKED_BELOW or "intent" in before.unsure
            assert after.model.startswith("teacher") is doubtful, text

    def test_a_mention_does_not_make_a_complaint_idle_talk():
        text = "my order never came and nobody answers the phone"
        assert (
            read([f"@SomeShop {text} https://example.org/x"], model="teacher")[0].intent
            == read([text], model="teacher")[0].intent
        )

else:

    @pytest.mark.parametrize("name", ["teacher", "cascade"])
    def test_a_model_whose_weights_are_absent_is_refused(name):
        with pytest.raises(UnknownModelError):
            read(["bonjour"], model=name)
