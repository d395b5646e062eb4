"""Text to countable features: words, pairs of words, pieces of words. Shared by the linear reader and its
training.
"""

import html
import re

# A URL, a mention, a word with its elision (« l' », « don't » stays whole), a run of marks, or one other
# sign (an emoji).
TOKEN = re.compile(
    r"https?://\S+|www\.\S+|[@#]\w+|\w+(?:['’](?=\w)|['’]t\b)?|\.{2,}|[!?]{2,}|[^\w\s]",
)
_LONG = re.compile(r"(.)\1{2,}")
_DIGITS = re.compile(r"\d+")
LONGEST_TOKEN = 40
LONGEST_TEXT = 5_000


def tidy(text: str) -> str:
    """The text as the tokenisers want it: entities undone, curly quotes made straight, at most
    `LONGEST_TEXT` characters.
    """
    text = text[:LONGEST_TEXT]
    if "&" in text:
        text = html.unescape(text)
    return text.replace("’", "'")


def tokens(text: str) -> list[str]:
    """Tokens of one tidied text, case kept, in order."""
    return TOKEN.findall(text)


def word(token: str) -> str:
    """The form under which a token is counted: lower case, addresses and mentions made alike, long runs cut
    to two.
    """
    if token.startswith(("http://", "https://", "www.")):
        return "<url>"
    if token[0] == "@":
        return "<user>"
    low = token.lower()[:LONGEST_TOKEN]
    low = _LONG.sub(r"\1\1", low)
    return _DIGITS.sub("0", low)


def pieces(token: str) -> list[str]:
    """Features of one token alone: its word, whether it shouts, and the n-grams that carry its stem and
    ending.
    """
    form = word(token)
    # Whom a text mentions and where it points say nothing of what it says.
    if form[0] == "<":
        return []
    found = [form]
    if len(token) > 2 and token.isupper():
        found.append("<caps>")
    if form[0] == "#":
        found.append("<tag>")
        form = form[1:]
        found.append(form)
    size = len(form)
    if size < 4 or not form[0].isalpha():
        return found
    bounded = f"^{form}$"
    for width in (3, 4, 5):
        if width > size:
            break
        found += ["~" + bounded[start : start + width] for start in range(size + 3 - width)]
    return found


def pair(left: str, right: str) -> str:
    """The feature of two neighbouring words, given in their counted form."""
    return f"{left} {right}"
