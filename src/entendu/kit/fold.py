"""Case and accent folding for look-ups of names and handles (the query language has its own analyser)."""

import unicodedata


def fold(text: str) -> str:
    """`text` without case and accents: "Élodie" and "elodie" are the same. Ligatures open (œ → oe)."""
    opened = text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae").replace("Æ", "ae")
    decomposed = unicodedata.normalize("NFKD", opened.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))
