"""Lists of feeds, as readers and other tools export them (OPML 2.0, opml.org/spec2.opml)."""

from collections.abc import Iterable

from lxml import etree

from entendu.connectors.feed.html import absolute
from entendu.wire import Address, Broken

MAX_BYTES = 5_000_000
MAX_FEEDS = 10_000


def read_opml(data: bytes) -> tuple[Address, ...]:
    """The feeds of a list, each once, the folder as "News / Bread". Broken when it is no OPML, too large, or holds more
    than 10,000 feeds; outlines without an http(s) address are left out."""
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
    found: dict[str, Address] = {}
    for outline in root.iter("outline"):
        url = absolute(_value(outline, "xmlurl"), "")
        if url and url not in found:
            title = _value(outline, "title") or _value(outline, "text") or url
            found[url] = Address(url, title[:200], _folder(outline))
        if len(found) > MAX_FEEDS:
            raise Broken("opml_too_large", f"more than {MAX_FEEDS} feeds")
    return tuple(found.values())


def write_opml(addresses: Iterable[Address], title: str) -> bytes:
    """A list of feeds that other tools read; folders become outlines that hold their feeds."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _clean(title)
    body = etree.SubElement(root, "body")
    folders: dict[str, etree._Element] = {"": body}
    for address in addresses:
        name = _clean(address.title or address.url)
        above = _outline_of(address.folder, folders)
        etree.SubElement(above, "outline", type="rss", text=name, title=name, xmlUrl=_clean(address.url))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _outline_of(folder: str, folders: dict[str, etree._Element]) -> etree._Element:
    if folder not in folders:
        above, _, name = folder.rpartition(" / ")
        text = _clean(name)
        folders[folder] = etree.SubElement(_outline_of(above, folders), "outline", text=text, title=text)
    return folders[folder]


def _clean(text: str) -> str:
    """Without the control characters that XML refuses."""
    return "".join(char for char in text if char >= " " or char in "\t\n")


def _value(outline: etree._Element, name: str) -> str:
    """An attribute by its name in lower case: the specification says xmlUrl, tools write what they like."""
    return next((value.strip() for key, value in outline.attrib.items() if str(key).lower() == name), "")


def _folder(outline: etree._Element) -> str:
    names = [_value(above, "title") or _value(above, "text") for above in outline.iterancestors("outline")]
    return " / ".join(name for name in reversed(names) if name)[:200]
