"""Random queries and documents from small vocabularies, so that words, phrases and tags do meet."""

import json
from pathlib import Path

from hypothesis import strategies as st

from entendu.reading.query import Document, Query, QueryError, parse, print_query
from entendu.reading.query.tree import And, Field, Near, Node, Not, Or, Phrase, Term

HOSTILE = [
    json.loads(line)["value"]
    for line in (Path(__file__).parent / "data" / "hostile.jsonl").read_text(encoding="utf-8").splitlines()
]
# As people write them; folded words of each stand in VOCABULARY below.
SENTENCES = {
    "fr": "Le train de l’après-midi est ENCORE en retard, merci la #SNCF ! Œuvre d'art à Noël",
    "en": "the train isn't late again, thanks @Railways for the café & a #train",
    "de": "Straße nach München: der Zug fährt nicht, große STRASSE #Zug",
    "es": "¡El tren llegó tarde otra vez! mañana será #tren 100€",
    "ar": "القطار متأخر مرة أخرى #قطار أحمد مُحَمَّد ١٢٣",
    "he": "הרכבת מאחרת שוב #רכבת שָׁלוֹם",
    "ja": "東京の電車はまた遅れた #電車 ｶﾞｶﾞ が",
    "hi": "ट्रेन फिर से देर से आई #ट्रेन क़लम ज़रूर",
    "ko": "삼성은 또 늦었다 #삼성 ㅋㅋ",
    "th": "รถไฟมาสายอีกแล้ว #รถไฟ",
}
# (text, query, is it found?)
EXAMPLES: list[tuple[str, str, bool]] = [
    ("Le train est EN RETARD", "retard*", True),
    ("Le train est EN RETARD", '"en retard"', True),
    ("Le train est en gros retard", '"en retard"', False),
    ("Le train est en gros retard", "en NEAR/2 retard", True),
    ("Le train est en gros retard", "en NEAR/1 retard", False),
    ("retard de train", "train NEAR/2 retard", True),
    ("merci #SNCF", "sncf", True),
    ("merci SNCF", "#sncf", False),
    ("merci #SNCF", '"merci #sncf"', True),
    ("merci sncf, vraiment #SNCF", '"merci #sncf"', True),
    ("merci sncf", '"merci #sncf"', False),
    ("smartphone", "*phone", True),
    ("phones", "*phone", False),
    ("l’Oréal", "loreal", False),
    ("l’Oréal", "oreal", True),
    ("STRASSE", "straße", True),
    ("東京タワー", "東京", True),
    ("京東", "東京", False),
    ("삼성은 좋다", "삼성", True),
    ("bravo 👍🏽", "👍", True),
    ("a", "NOT b", True),
    ("a b", "a SAUF b", False),
    ("a", "a OR NOT a", True),
    ("x abc", '"x ab*"', True),
    ("x ac", '"x ab*"', False),
    ("a x x b", "a NEAR/3 b", True),
    ("a x x b", "a NEAR/2 b", False),
    ("b x x a", "a NEAR/3 b", True),
    ("a b x x c d", '"a b" NEAR/3 "c d"', True),
    ("a b x x c d", '"c d" NEAR/2 "a b"', False),
    ("a abc x", '"a ab*" NEAR/1 "abc x"', True),
    ("a abc x", '"a abc" NEAR/1 "abc x"', True),
    ("abc", "ab* NEAR/1 abc", True),
    ("ab", "ab* NEAR/1 abc", False),
    ("a b", "a NEAR/1 a", True),
    ("snow_man", "*w_man", True),
    ("snowxman", "*w_man", False),
]
EDGES = [
    *["👍🏽", "👨‍👩‍👧", "🇫🇷", "1️⃣", "™", "ﬁn", "Ｃｏｃａ", "𝓗𝓮𝓵𝓵𝓸", "İstanbul", "ı", "ß", "ẞ", "½", "№5", "Ǆ"],
    *[
        "e\u0301te\u0301",
        "か\u3099",
        "\u1109\u1161\u11b7",
        "ｶﾞ",
        "a\u200db",
        "\u200b",
        "\ufeff",
        "\u202e",
        "\u0000",
    ],
    *[
        "\ud800",
        "x" * 70,
        "x" * 64 + "y",
        "##a",
        "@#a",
        "a#b",
        "user@example.com",
        "_a_",
        "$100",
        "#",
        "@",
        "#\u200dab",
    ],
    *["#東京", "東#a", "a東b", "'", "’", "\U0010ffff", "\u0378", "\x1e", "\x1f", "\x1ca", "\u1100", "\u3099"],
]
WORDS = [
    "train",
    "retard",
    "sncf",
    "a",
    "ab",
    "abc",
    "abcd",
    "x",
    "東",
    "京",
    "👍",
    "#sncf",
    "@abc",
    "#abc",
    "été",
]

pieces = st.one_of(
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
    st.sampled_from([word for text in SENTENCES.values() for word in text.split()]),
    st.sampled_from(EDGES),
    st.text(max_size=5),
)
texts = st.builds(
    lambda parts, joints: "".join(part + joint for part, joint in zip(parts, joints, strict=False)),
    st.lists(pieces, max_size=25),
    st.lists(st.sampled_from([" ", " ", " ", " ", "", "-", "’", ", ", "\n"]), min_size=25, max_size=25),
)
# Few words, so that phrases, NEAR and their edges meet often.
dense = st.lists(st.sampled_from(["a", "ab", "abc", "#ab", "x", "x", "y"]), max_size=9).map(" ".join)
sentences = st.sampled_from(list(SENTENCES.values()))
documents = st.builds(
    Document,
    st.one_of(texts, dense, dense, sentences),
    lang=st.sampled_from(["", "fr", "en"]),
    author=st.sampled_from(["", "jean", "ann_é"]),
    site=st.sampled_from(["", "example.org", "a.example.org", "badexample.org", "a_b.org", "axb.org"]),
    channel=st.sampled_from(["", "feed"]),
    kind=st.sampled_from(["post", "review"]),
    is_reply=st.booleans(),
    has_image=st.booleans(),
    has_link=st.booleans(),
    followers=st.sampled_from([None, 0, 9, 10, 11, 2**40]),
)

bare = st.sampled_from(
    ["train", "retard", "sncf", "a", "ab", "abc", "x", "東", "京", "👍", "ete", "電", "zug", "قطار"]
)
marked = st.sampled_from(["#sncf", "@abc", "#abc", "#ab", "#東", "$100"])
begins = st.sampled_from(["tr", "ab", "sn", "#sn", "#ab", "ret", "abc", "@ab", "x" * 64, "xx"])
ends = st.sampled_from(["bc", "ard", "ncf", "ain", "xx", "bcd", "x_"])
terms = st.one_of(
    st.builds(Term, bare),
    st.builds(Term, marked),
    st.builds(Term, begins, st.just("prefix")),
    st.builds(Term, ends, st.just("suffix")),
)
few = st.sampled_from(["a", "ab", "abc", "x", "y"])
phrases = st.builds(
    lambda words, last: Phrase((*words, last), True) if last else Phrase(tuple(words)),
    st.lists(st.one_of(few, few, few, bare, marked), min_size=2, max_size=3),
    st.one_of(st.just(""), st.just(""), st.just("ab"), begins),
)
sides = st.lists(
    st.one_of(
        st.builds(Term, few),
        st.builds(Term, st.just("ab"), st.just("prefix")),
        st.builds(Term, bare),
        st.builds(Term, marked),
        st.builds(Term, begins, st.just("prefix")),
        phrases,
    ),
    min_size=1,
    max_size=2,
).map(tuple)
nears = st.builds(Near, sides, sides, st.integers(1, 4))
fields = st.one_of(
    st.builds(Field, st.just("lang"), st.just("="), st.sampled_from(["fr", "de"])),
    st.builds(Field, st.just("author"), st.just("="), st.sampled_from(["jean", "ann_é"])),
    st.builds(Field, st.just("site"), st.just("="), st.sampled_from(["example.org", "a_b.org"])),
    st.builds(Field, st.just("channel"), st.just("="), st.just("feed")),
    st.builds(Field, st.just("kind"), st.just("="), st.just("review")),
    st.builds(Field, st.just("is"), st.just("="), st.just("reply")),
    st.builds(Field, st.just("has"), st.just("="), st.sampled_from(["image", "link"])),
    st.builds(
        Field, st.just("followers"), st.sampled_from(["<", "<=", "=", ">", ">="]), st.sampled_from([0, 10])
    ),
)


def _joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    many = st.lists(children, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(And, many), st.builds(Or, many), st.builds(Not, children))


trees = st.recursive(st.one_of(terms, terms, phrases, nears, nears, fields), _joined, max_leaves=8)
# By way of the text: what is held against the engines is what a person could have typed.
queries = trees.map(lambda root: parse(print_query(Query(root))))


def parsed_or_none(text: str) -> Query | None:
    try:
        return parse(text)
    except QueryError:
        return None
