"""A fuzzer for the C matcher: `python bench/fuzz_match.py --seconds 60 --seed 1`. Stops at the first difference.

Two things are mutated at random, for as long as asked. Queries and posts: pieces of words of many scripts, loose
combining marks, lone surrogates, signs, very long words and texts; queries come and go meanwhile, and the answers must
be those of the Python matcher. And the programs that the kernel is given: bytes flipped, cut, lengthened, keys and
anchors wrong; it must refuse or run them, and still answer rightly afterwards.

Under AddressSanitizer and UndefinedBehaviorSanitizer (as it was before the first release, see `bench/README.md`):

    cd src/entendu/reading/query
    gcc -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -shared -fPIC \\
        $(python3-config --includes) _kernel.c -o _kernel$(python3-config --extension-suffix)
    cd - && PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0 LD_PRELOAD=$(gcc -print-file-name=libasan.so) \\
        python bench/fuzz_match.py --seconds 600
"""

import argparse
import random
import time
from array import array

from entendu.reading.query import Document, Query, QueryError, _kernel, parse
from entendu.reading.query.common import COMMON
from entendu.reading.query.native import KernelMatcher
from entendu.reading.query.plan import normal_form
from entendu.reading.query.program import program_of
from entendu.reading.query.reference import PythonMatcher

WORDS = [
    "train",
    "retard",
    "sncf",
    "a",
    "ab",
    "abc",
    "abcd",
    "x",
    "été",
    "straße",
    "L’Oréal",
    "東京",
    "京",
    "駅",
    "삼성",
    "ㅋㅋ",
    "ｶﾞ",
    "が",
    "รถไฟ",
    "हिन्दी",
    "أحمد",
    "שלום",
    "👍🏽",
    "🇫🇷",
    "ﬁ",
    "½",
    "№5",
]
ODD = [
    "e\u0301",
    "か\u3099",
    "\u3099",
    "\u1109\u1161\u11b7",
    "\u1100",
    "\u200d",
    "\u200b",
    "\ufeff",
    "\ud800",
    "\0",
    "\x1f",
]
ODD += [
    "#",
    "@",
    "$",
    "##",
    "_",
    "\U0010ffff",
    "\U00020000",
    "\u0378",
    "x" * 63,
    "x" * 64,
    "x" * 65,
    "\ufdfa",
    "\u337f",
]
GLUE = [" ", " ", " ", " ", "", "#", "@", "-", "’", "\n", ", "]
SYNTAX = [" OR ", " AND ", " NOT ", " NEAR/2 ", " NEAR/1 ", '"', "(", ")", "*", " *", "#", "@"]
FIELDS = [
    "lang:fr",
    "author:jean",
    "author:ann*e",
    "site:example.org",
    "channel:x",
    "kind:y",
    "is:reply",
    "has:image",
]
FIELDS += ["has:link", "followers>10", "followers<=10", "followers=9007199254740991"]


def text(rng: random.Random) -> str:
    """A post, once in a while a very long one."""
    size = rng.choice((0, 1, 3, 8, 20, 60)) if rng.random() < 0.995 else rng.choice((3_000, 17_000))
    parts = []
    for _ in range(size):
        kind = rng.random()
        word = (
            rng.choice(WORDS)
            if kind < 0.8
            else rng.choice(ODD)
            if kind < 0.95
            else chr(rng.randrange(0x110000))
        )
        parts.append(word + rng.choice(GLUE))
    return "".join(parts)


def document(rng: random.Random) -> Document:
    """A post with facts beside it."""
    return Document(
        text(rng),
        lang=rng.choice(("", "fr", "en")),
        author=rng.choice(("", "jean", "ann*e")),
        site=rng.choice(("", "example.org", "a.b.example.org", "..", "badexample.org")),
        channel=rng.choice(("", "x")),
        kind=rng.choice(("", "y")),
        is_reply=rng.random() < 0.5,
        has_image=rng.random() < 0.5,
        has_link=rng.random() < 0.5,
        followers=rng.choice((None, 0, 10, 11, -1, 9007199254740991, 2**70, -(2**70))),
    )


def query(rng: random.Random) -> Query | None:
    """A query, when what was thrown together is one."""
    parts = []
    for _ in range(rng.choice((1, 2, 3, 5, 9))):
        kind = rng.random()
        parts.append(
            rng.choice(FIELDS) if kind < 0.1 else rng.choice(ODD) if kind < 0.2 else rng.choice(WORDS)
        )
        parts.append(rng.choice(SYNTAX) if rng.random() < 0.6 else " ")
    source = "".join(parts) + rng.choice(("", "", '"', ")"))
    try:
        return parse(source)
    except QueryError:
        return None


def mutated_program(rng: random.Random, kernel: _kernel.Kernel) -> int | None:
    """Gives the kernel a damaged program: the slot, when it took it."""
    sound = query(rng)
    if sound is None:
        return None
    program = program_of(normal_form(sound.root), COMMON)
    code = array("i", program.code)
    keys, anchors, also = list(program.keys), list(program.anchors), list(program.also)
    for _ in range(rng.randint(0, 3)):
        at = rng.randrange(len(code))
        code[at] = rng.choice(
            (0, 1, -1, -2, 2, 3, 7, len(code), 65_535, 2**31 - 1, -(2**31), code[at] ^ 1 << rng.randrange(31))
        )
    kind = rng.random()
    if kind < 0.1:
        del code[rng.randrange(len(code)) :]
    elif kind < 0.2 and keys:
        keys[rng.randrange(len(keys))] = rng.choice(
            ("", "*", "**", "x" * 66, "lang", "nothing:x", "a*", "*a", "is:reply", "\ud800")
        )
    elif kind < 0.3:
        anchors = [rng.choice((-1, 0, 1, 99, 2**40)) for _ in range(rng.randint(0, 3))]
    elif kind < 0.4:
        keys = keys[: rng.randint(0, len(keys))]
    elif kind < 0.5:
        also = [rng.choice((-1, 0, 1, 99, 2**40)) for _ in range(rng.randint(0, 14))]
    try:
        return kernel.add("mutant", keys, code.tobytes()[: rng.choice((None, None, None, -1))], anchors, also)
    except (ValueError, OverflowError):
        return None


def main() -> None:
    """Fuzzes until the time is over."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    rng = random.Random(given.seed)
    end = time.monotonic() + given.seconds
    rounds = compared = refused = 0
    while time.monotonic() < end:
        rounds += 1
        python, c = PythonMatcher[int](), KernelMatcher[int]()
        mutants = []
        for number in range(rng.choice((1, 5, 30, 200))):
            made = query(rng)
            if made is not None:
                python.add(number % 50, made)
                c.add(number % 50, made)
            if rng.random() < 0.3:
                gone = rng.randrange(50)
                python.remove(gone)
                c.remove(gone)
            slot = mutated_program(rng, c._kernel)
            refused += slot is None
            mutants += [slot] if slot is not None else []
        texts = [document(rng) for _ in range(20)]
        c.match_many(texts)  # with the mutants aboard: any answer, no harm
        for slot in mutants:
            c._kernel.remove(slot)
        for one in texts:
            compared += 1
            if python.match(one) != c.match(one):
                raise SystemExit(f"the matchers differ, seed {given.seed}, round {rounds}: {one!r}")
    print(f"{rounds:,} rounds, {compared:,} posts compared, {refused:,} mutants refused, no difference")


if __name__ == "__main__":
    main()
