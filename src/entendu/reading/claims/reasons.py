"""Why a message contradicts an announcement, in one line, in French and English."""

from collections.abc import Sequence

from entendu.reading.claims.pair import Span

_LINES = {
    "longer": ("announced: {told}; lived: {lived}", "annoncé : {told} ; vécu : {lived}"),
    "charged": ("announced as {told}; asked to pay {lived}", "annoncé {told} ; il a fallu payer {lived}"),
    "dearer": ("announced at {told}; asked {lived}", "annoncé à {told} ; demandé : {lived}"),
    "shut": ("announced: {told}; found: {lived}", "annoncé : {told} ; trouvé : {lived}"),
    "share": ("announced: {told}; said to be {lived}", "annoncé : {told} ; on dit {lived}"),
    "denied": ("“{lived}” denies “{told}”", "« {lived} » nie « {told} »"),
    "broken": ("“{lived}” happened, announced never to", "« {lived} » est arrivé, annoncé exclu"),
    "state": ("“{lived}” against “{told}”", "« {lived} » contre « {told} »"),
    "waiting": ("“{lived}”: the person still waits", "« {lived} » : la personne attend encore"),
    "words": ("“{lived}” against “{told}”", "« {lived} » contre « {told} »"),
}


def reason(
    code: str, announcement: str, told: Sequence[Span], message: str, lived: Sequence[Span]
) -> tuple[str, str]:
    """The line in English and in French. The spans are those of a Verdict of these two texts."""
    english, french = _LINES.get(code, _LINES["words"])
    words = {"told": _words(announcement, told) or announcement[:80], "lived": _words(message, lived) or "…"}
    return english.format_map(words), french.format_map(words)


def _words(text: str, spans: Sequence[Span], longest: int = 80) -> str:
    found = " … ".join(text[start:end] for start, end in spans)
    return found if len(found) <= longest else f"{found[: longest - 1]}…"
