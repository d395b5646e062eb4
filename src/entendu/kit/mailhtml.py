"""The HTML of a mail: made safe to show (nothing runs, nothing loads from elsewhere), and turned into text.

The cost of cleaning grows with the square of the nesting (49 s for 100,000 nested elements), so nesting is
counted first, in one linear pass.
"""

import html as entities
import re
from urllib.parse import urlsplit

import nh3
from lxml import etree
from lxml import html as lxml_html

MAX_HTML = 2_000_000  # characters
MAX_NESTING = 400


def _words(text: str) -> set[str]:
    return set(text.split())


_TAGS = _words(
    "a b blockquote br caption center code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre s "
    "small span strike strong sub sup table tbody td tfoot th thead tr tt u ul"
)
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}
_ABSOLUTE = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_DO_NOT_NEST = _words(
    "area base br col dd dt embed hr img input li link meta option p param source td th tr wbr"
)
_ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_BLOCKS = _words(
    "address article blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section table tbody tfoot thead tr ul"
)
_UNSEEN = {"head", "script", "style", "title", "template", "noscript", "svg", "math"}
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)


def too_deep(html: str) -> bool:
    """Whether more than `MAX_NESTING` elements are open at some place. Linear; overestimates bad HTML."""
    depth = 0
    for match in _TAG.finditer(html):
        name = match.group(2).lower()
        if name in _DO_NOT_NEST:
            continue
        depth = max(0, depth - 1) if match.group(1) else depth + 1
        if depth > MAX_NESTING:
            return True
    return False


def clean(html: str) -> str:
    """`html` that may be shown: no script, style or form, images of the mail itself only (`cid:`), and after
    each link the host where it leads, when its words do not say so. Empty when it is nested too deep."""
    html = _DIRECTIONS.sub("", html[:MAX_HTML])
    if too_deep(html):
        return ""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return _ANCHOR.sub(lambda match: _with_host(cleaned, match), cleaned)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if value.lower().startswith("cid:") else None
    if attribute == "href":
        return value if _ABSOLUTE.match(value.strip()) else None
    return value


def _with_host(cleaned: str, match: re.Match[str]) -> str:
    host = _host(entities.unescape(match.group(1)))
    mark = f" [{entities.escape(host)}]"
    said = entities.unescape(re.sub(r"<[^>]*>", "", match.group(2))).strip()
    if not host or _host(said if "//" in said else f"http://{said}") == host:
        return match.group()
    if cleaned.startswith(mark, match.end()):
        return match.group()  # cleaned twice
    return match.group() + mark


def _host(url: str) -> str:
    try:
        return (urlsplit(url.strip()).hostname or "") if url.strip().lower().startswith("http") else ""
    except ValueError:
        return url[:100]  # a broken address is shown as it is


def to_text(html: str) -> str:
    """The words of `html` as plain text: a line a block, `> ` before quotations, `- ` before items, images
    by their alternative text, links with their address. Scripts, styles, hidden elements are left out."""
    html = html[:MAX_HTML].replace("\x00", "")
    if not html.strip():
        return ""
    if too_deep(html):
        return _without_tags(html)
    try:
        root = lxml_html.document_fromstring(
            html, parser=lxml_html.HTMLParser(no_network=True, encoding=None)
        )
    except (etree.LxmlError, ValueError, AssertionError):
        return _without_tags(html)
    return _Writer().write(root)


def _without_tags(html: str) -> str:
    parts = (piece.partition(">")[2] if number else piece for number, piece in enumerate(html.split("<")))
    return entities.unescape(" ".join(" ".join(parts).split()))


class _Writer:
    """Walks a tree without recursion and writes its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.current: list[str] = []
        self.quotes = 0
        self.preformatted = 0

    def write(self, root: lxml_html.HtmlElement) -> str:
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        skipped = None
        for event, element in walk:
            if event == "start":
                if element.tag in _UNSEEN or _HIDDEN.search(element.get("style") or ""):
                    walk.skip_subtree()
                    skipped = element
                else:
                    self._open(element)
                    self._say(element.text)
                continue
            if event == "end" and element is not skipped:
                self._close(element)
            self._say(element.tail)
        self._end_line()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        return re.sub(r"\n(> ?)*\n(\s*\n)+", "\n\n", "\n".join(self.lines)).strip("\n")

    def _open(self, element: lxml_html.HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._end_line()
        if tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.preformatted += 1
        elif tag == "li":
            self.current.append("- ")
        elif tag == "br":
            self._end_line(keep=True)
        elif tag == "img":
            self._say(element.get("alt"))
        elif tag in ("td", "th"):
            self.current.append(" ")

    def _close(self, element: lxml_html.HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS and tag not in _UNSEEN:
            self._end_line()
        if tag == "blockquote":
            self.quotes = max(0, self.quotes - 1)
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif tag == "a":
            self._say_address(element)
        if tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table"):
            self._blank()

    def _say_address(self, anchor: lxml_html.HtmlElement) -> None:
        url = (anchor.get("href") or "").strip()
        host = _host(url)
        if host and host not in anchor.text_content():
            self.current.append(f" ({url[:300]})")

    def _say(self, text: str | None) -> None:
        if not text:
            return
        if self.preformatted:
            *ended, rest = text.split("\n")
            for part in ended:
                self.current.append(part)
                self._end_line(keep=True)
            self.current.append(rest)
        else:
            self.current.append(re.sub(r"[ \t\r\n\f]+", " ", text))

    def _end_line(self, keep: bool = False) -> None:
        said = "".join(self.current)
        said = said.rstrip() if self.preformatted else re.sub(r" +", " ", said).strip()
        self.current = []
        if said or keep:
            self.lines.append("> " * min(self.quotes, 5) + said)

    def _blank(self) -> None:
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append("> " * min(self.quotes, 5))
