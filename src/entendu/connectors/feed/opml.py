"""Lists of feeds, as readers and other tools export them (OPML 2.0, opml.org/spec2.opml)."""

from lxml import etree

from entendu.connectors.feed.html import absolute
from entendu.wire import Broken

MAX_BYTES = 5_000_000
MAX_FEEDS = 10_000


def read_opml(data: bytes) -> list[dict[str, str]]:
    """The feeds of a list, each once: {url, title, site, folder}, the folder as "News / Bread". Broken when it is
    no OPML, too large, or holds more than 10,000 feeds; outlines without an http(s) address are left out."""
    if len(data) > MAX_BYTES:
        raise Broken("opml_too_large", f"{len(data)} bytes")
    # Entities are not opened, nothing is loaded, depth is bounded: the list comes from anywhere. Strict: a list
    # that was cut would lose feeds in silence.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken("opml_unreadable", str(error)) from None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise Broken("opml_unreadable", "no <opml> element")
    found: dict[str, dict[str, str]] = {}
    for outline in root.iter("outline"):
        url = absolute(_value(outline, "xmlurl"), "")
        if url and url not in found:
            title = _value(outline, "title") or _value(outline, "text") or url
            site = absolute(_value(outline, "htmlurl"), "")
            found[url] = {"url": url, "title": title[:200], "site": site, "folder": _folder(outline)}
        if len(found) > MAX_FEEDS:
            raise Broken("opml_too_large", f"more than {MAX_FEEDS} feeds")
    return list(found.values())


def _value(outline: etree._Element, name: str) -> str:
    """An attribute by its name in lower case: the specification says xmlUrl, tools write what they like."""
    return next((value.strip() for key, value in outline.attrib.items() if str(key).lower() == name), "")


def _folder(outline: etree._Element) -> str:
    names = [_value(above, "title") or _value(above, "text") for above in outline.iterancestors("outline")]
    return " / ".join(name for name in reversed(names) if name)[:200]
