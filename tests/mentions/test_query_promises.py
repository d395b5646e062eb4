"""Each thing that the query language promises: the live matchers, the stored search and the oracle find the same."""

from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entendu.accounts.models import Membership, Organisation
from entendu.mentions.search import search
from entendu.reading.analyser import analyse
from entendu.reading.query import Document, Matcher, matches, parse
from entendu.reading.query.reference import PythonMatcher
from mentions.test_search import _store
from reading.query.making import SENTENCES

# What it is about, a query, texts that it finds, texts that it does not find.
PROMISES: list[tuple[str, str, list[str], list[str]]] = [
    ("words", "croissant", ["Un CROISSANT !", "croissant,chaud"], ["croissants", "rien"]),
    ("implicit AND", "pain chaud", ["chaud, le pain"], ["pain", "chaud"]),
    ("AND", "pain AND chaud", ["chaud, le pain"], ["pain"]),
    ("ET", "pain ET chaud", ["chaud, le pain"], ["pain et"]),
    ("OR", "pain OR brioche", ["pain", "brioche"], ["tarte"]),
    ("OU", "pain OU brioche", ["pain", "brioche"], ["tarte ou"]),
    ("NOT", "pain NOT rassis", ["pain"], ["pain rassis", "rien"]),
    ("SAUF", "pain SAUF rassis", ["pain sauf"], ["pain rassis"]),
    ("minus", "pain -rassis", ["pain"], ["pain rassis"]),
    ("small letters are words", "pain ou brioche", ["pain ou brioche"], ["pain"]),
    ("parentheses", "(pain OU brioche) chaud", ["brioche chaud"], ["pain", "chaud"]),
    ("AND binds more", "pain OU brioche chaud", ["pain", "chaud brioche"], ["brioche"]),
    ("phrases", '"pain au chocolat"', ["Pain au chocolat"], ["chocolat au pain", "pain chocolat"]),
    ("French quotation marks", "« pain au chocolat »", ["Pain au chocolat"], ["pain chocolat"]),
    ("phrase with a star", '"pain au choc*"', ["pain au chocolat"], ["pain au lait"]),
    ("NEAR", "pain NEAR/2 rassis", ["pain très rassis", "rassis, le pain"], ["pain qui est rassis"]),
    ("PRÈS", "pain PRÈS/2 rassis", ["pain très rassis"], ["pain qui est rassis"]),
    ("NEAR groups", "(retard OU late) NEAR/3 commande", ["late, ma commande"], ["late"]),
    ("prefix", "boulang*", ["boulangerie", "BOULANG"], ["boulnger"]),
    ("suffix", "*gate", ["le pizzagate", "gate"], ["gates"]),
    ("hashtags", "#sncf", ["merci #SNCF"], ["merci SNCF", "a#sncf"]),
    ("word finds its tag", "sncf", ["merci #SNCF", "SNCF"], ["sncfx"]),
    ("handles", "@levain", ["bonjour @Levain !"], ["levain", "x@levain"]),
    ("cashtags", "$LVN", ["acheter $lvn"], ["lvn"]),
    ("emoji", "🤢", ["beurk 🤢🤢"], ["beurk 🤮"]),
    ("emoji of any skin", "👍", ["bravo 👍🏽"], ["bravo"]),
    ("accents", "pâtisserie", ["PATISSERIE", "pâtisserie"], ["patissier"]),
    ("œ", "oeuvre", ["Œuvre", "œuvre", "oeuvre"], ["ouvre"]),
    ("æ", "cæsar", ["CAESAR"], ["cesar"]),
    ("ß", "straße", ["STRASSE", "Straße"], ["strase"]),
    ("ligatures", "finance", ["ﬁnance"], ["inance"]),
    ("apostrophes alike", '"l’oréal"', ["l'Oréal", "L’OREAL"], ["oréal"]),
    ("full width", "coca", ["Ｃｏｃａ"], ["oca"]),
    ("Chinese", "面包", ["我喜欢面包。"], ["包面"]),
    ("Japanese", "電車", ["東京の電車は"], ["車電"]),
    ("Korean", "삼성", ["삼성은 또"], ["성삼"]),
    ("Thai", "รถไฟ", ["รถไฟมาสาย"], ["ไฟรถ"]),
    ("Arabic", "القطار", ["القطار متأخر"], ["قطار"]),
    ("Arabic without its signs", "محمد", ["مُحَمَّد هنا"], ["حمد"]),
    ("Hebrew", '"הרכבת מאחרת"', ["הרכבת מאחרת שוב"], ["מאחרת הרכבת"]),
    ("Hindi", "ट्रेन", ["ट्रेन फिर"], ["फिर"]),
    ("digits of every script", "123", ["١٢٣"], ["١٢"]),
]
FIELDS: list[tuple[str, dict[str, object], dict[str, object]]] = [
    ("lang:fr", {"lang": "fr"}, {"lang": "en"}),
    ("langue:fr-CA", {"lang": "fr"}, {"lang": ""}),
    ("author:@Zoe", {"author": "zoe"}, {"author": "zoé"}),
    ("site:example.org", {"site": "a.example.org"}, {"site": "badexample.org"}),
    ("channel:feed", {"channel": "feed"}, {"channel": ""}),
    ("kind:review", {"kind": "review"}, {"kind": "post"}),
    ("is:reply", {"is_reply": True}, {"is_reply": False}),
    ("has:image", {"has_image": True}, {"has_image": False}),
    ("followers>1000", {"followers": 1001}, {"followers": 1000}),
    ("abonnés<=1k", {"followers": 1000}, {"followers": None}),
    ("NOT followers>1000", {"followers": None}, {"followers": 2000}),
]


def differences(
    organisation: Organisation, actor: Membership, texts: list[Document], many: list[str]
) -> list[str]:
    """What is not found alike by the stored search, both matchers and the oracle."""
    stored = _store(organisation, texts)
    asked = {number: parse(text) for number, text in enumerate(many)}
    matchers: list[PythonMatcher[int]] = [PythonMatcher(), Matcher()]
    for matcher in matchers:
        for number, query in asked.items():
            matcher.add(number, query)
    live = [{pk: set(matcher.match(one)) for pk, one in stored.items()} for matcher in matchers]
    wrong = []
    for number, query in asked.items():
        want = {pk for pk, one in stored.items() if matches(query, one)}
        found = [set(search(actor, query).values_list("pk", flat=True))]
        found += [{pk for pk in stored if number in one[pk]} for one in live]
        if found != [want] * 3:
            wrong.append(many[number])
    return wrong


def test_each_promise_is_kept_everywhere(organisation: Organisation, alice: Membership) -> None:
    for name, query, good, bad in PROMISES:
        for text, wanted in [*product(good, [True]), *product(bad, [False])]:
            assert matches(parse(query), Document(text)) is wanted, (name, text)
    texts = [Document(text, kind="post") for _, _, good, bad in PROMISES for text in (*good, *bad)]
    assert differences(organisation, alice, texts, [query for _, query, _, _ in PROMISES]) == []


@pytest.mark.parametrize(("query", "good", "bad"), FIELDS)
def test_each_field_is_held_everywhere(
    organisation: Organisation, alice: Membership, query: str, good: dict[str, object], bad: dict[str, object]
) -> None:
    base: dict[str, object] = {"kind": "post"}
    texts = [Document("pain", **(base | facts)) for facts in (good, bad)]  # type: ignore[arg-type]
    assert [matches(parse(query), one) for one in texts] == [True, False]
    assert differences(organisation, alice, texts, [query, f"pain {query}", f"pain -{query}"]) == []


@pytest.mark.parametrize("language", sorted(SENTENCES))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_each_language_finds_the_same_everywhere(
    organisation: Organisation, alice: Membership, language: str, data: st.DataObject
) -> None:
    """Queries made of the words of a language, against texts made of the same words."""
    words, tags = analyse(SENTENCES[language])
    said = SENTENCES[language].split()
    texts = [
        Document(" ".join(data.draw(st.lists(st.sampled_from(said), max_size=7))), kind="post")
        for _ in range(5)
    ] + [Document(SENTENCES[language], kind="post")]
    one = st.sampled_from([*words, *tags]).map(lambda word: f'"{word}"')
    two = st.lists(st.sampled_from(words), min_size=2, max_size=3).map(lambda row: f'"{" ".join(row)}"')
    near = st.builds(lambda a, b, n: f"{a} NEAR/{n} {b}", one, one, st.integers(1, 4))
    long = [word for word in words if len(word) > 3] or ["abcd"]
    begins = st.sampled_from(long).map(lambda word: f"{word[:3]}*")
    ends = st.sampled_from(long).map(lambda word: f"*{word[-3:]}")
    leaf = st.one_of(one, one, two, near, begins, ends)
    joined = st.builds(
        lambda a, b, how: f"({a}) {how} ({b})", leaf, leaf, st.sampled_from(["AND", "OR", "SAUF"])
    )
    assert (
        differences(
            organisation, alice, texts, data.draw(st.lists(st.one_of(leaf, joined), min_size=2, max_size=6))
        )
        == []
    )
