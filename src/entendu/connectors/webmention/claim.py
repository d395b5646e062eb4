"""What a site claims, in the two protocols: Webmention (W3C, 12 January 2017) and Pingback 1.0 (XML-RPC)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urldefrag, urlsplit
from xml.sax.saxutils import escape

from lxml import etree

from entendu.wire import Answer, Refused, WireError

MOST_URL = 2000  # characters
_XML = frozenset({"text/xml", "application/xml"})
_FAULTS = {  # Pingback 1.0, section 3
    "webmention_target_not_ours": 33,
    "webmention_source_malformed": 16,
    "same_page": 33,
    "too_many_deliveries": 50,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """`source`, a page of theirs, is said to link to `target`, a page of ours."""

    source: str
    target: str


def read_claim(headers: Mapping[str, str], body: bytes) -> Claim:
    """The claim in a request, not verified. Refused: media_type_unknown, webmention_malformed,
    webmention_source_malformed, same_page."""
    media_type = media_type_of(headers)
    if media_type in _XML:
        claim = _pingback(body)
    elif media_type == "application/x-www-form-urlencoded":
        claim = _webmention(body)
    else:
        raise Refused("media_type_unknown", media_type[:80])
    if not is_web(claim.source) or not is_web(claim.target):
        raise Refused("webmention_source_malformed", f"{claim.source[:200]} {claim.target[:200]}")
    if bare(claim.source) == bare(claim.target):
        raise Refused("same_page", claim.source[:200])
    return claim


def acknowledged(headers: Mapping[str, str], error: WireError | None) -> Answer:
    """ "We shall look", or why not, in the words of the protocol that was spoken."""
    if media_type_of(headers) not in _XML:
        if error is None:
            return Answer("Thank you. The page will be looked at.\n", status=202)
        status = 415 if error.code == "media_type_unknown" else 400
        return Answer(f"{error.code}: {error.detail}\n", status=status)
    if error is None:
        inside = _value("<string>Thank you. The page will be looked at.</string>")
        inside = f"<params><param>{inside}</param></params>"
    else:
        code = f"<member><name>faultCode</name>{_value(f'<int>{_FAULTS.get(error.code, 0)}</int>')}</member>"
        said = _value(f"<string>{escape(error.code)}</string>")
        inside = f"<fault>{_value(f'<struct>{code}<member><name>faultString</name>{said}</member></struct>')}</fault>"
    return Answer(
        f'<?xml version="1.0"?><methodResponse>{inside}</methodResponse>', "text/xml; charset=utf-8"
    )


def media_type_of(headers: Mapping[str, str]) -> str:
    """The type without its parameters, in lower case."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def bare(url: str) -> str:
    """An address as far as it names a page."""
    return urldefrag(url.strip()).url.rstrip("/")


def is_web(url: str) -> bool:
    """Whether `url` is an http(s) address with a host, of a length that can be kept."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    plain = url.isprintable() and not any(map(str.isspace, url))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and len(url) <= MOST_URL


def _webmention(body: bytes) -> Claim:
    try:
        fields = parse_qs(body.decode("utf-8"), max_num_fields=50)
    except (UnicodeDecodeError, ValueError):
        raise Refused("webmention_malformed", "not a form") from None
    source, target = fields.get("source", []), fields.get("target", [])
    if len(source) != 1 or len(target) != 1:
        raise Refused("webmention_malformed", "one source and one target are needed")
    return Claim(source[0].strip(), target[0].strip())


def _pingback(body: bytes) -> Claim:
    # No entities, no network, no deep trees: anybody may send this.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Refused("webmention_malformed", "not XML") from None
    if (
        root is None
        or root.tag != "methodCall"
        or (root.findtext("methodName") or "").strip() != "pingback.ping"
    ):
        raise Refused("webmention_malformed", "pingback.ping is the only method")
    values = ["".join(node.itertext(etree.Element)).strip() for node in root.findall("params/param/value")]
    if len(values) != 2:
        raise Refused("webmention_malformed", "a source and a target are needed")
    return Claim(*values)


def _value(inside: str) -> str:
    return f"<value>{inside}</value>"
