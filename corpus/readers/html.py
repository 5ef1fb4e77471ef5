"""HTML: the readable text of a page, without its navigation."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from corpus.readers.writer import Writer
from corpus.types import HiddenText, Parsed

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_SKIPPED = frozenset("script style nav footer noscript template head svg iframe form button".split())
_BLOCKS = frozenset(
    """
    p div li td th tr table section article blockquote pre dd dt ul ol dl body main header figcaption caption tbody
    thead figure address details summary hr br
    """.split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_RULE = re.compile(r"\.([\w-]+)\s*\{([^{}]*)\}")
_CONCEALS = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?![.\d])|font-size:(?:0?\.\d+|1)(?:px|pt)|opacity:0(?:\.0\d*)?(?![.\d])|"
    r"(?:left|top|text-indent):-\d{3,}|(?<![-\w])color:(?:transparent|white|#fff(?:fff)?)(?![0-9a-f])",
)
_COLOURED = re.compile(r"background(?:-color)?:(?!white|#fff|transparent|none|inherit)")
_FLUSH = object()
_LONGEST_CELL = 400
"""Characters; a table with longer cells lays out a page rather than data."""


def read_html(text: str) -> Parsed:
    """The readable text of a page, a block a line. Raises UnreadableFile when it holds none."""
    from bs4 import BeautifulSoup, XMLParsedAsHTMLWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        soup = BeautifulSoup(text, "lxml")
    title = _title(soup)
    hidden = _hidden(soup)
    writer = Writer()
    _walk(soup.body or soup, writer)
    return replace(writer.parsed(title, _metadata(soup)), hidden=hidden)


def _walk(root: Tag, writer: Writer) -> None:
    """Goes through the tree with a stack of its own: nesting has no depth that could break it."""
    from bs4 import Tag
    from bs4.element import NavigableString, PreformattedString

    inline: list[str] = []
    item = False
    stack: list[Any] = [root]

    def flush() -> None:
        nonlocal item
        if any(part.strip() for part in inline):
            writer.paragraph("".join(inline), "list_item" if item else "paragraph")
            item = False
        inline.clear()

    while stack:
        node = stack.pop()
        if node is _FLUSH:
            flush()
        elif isinstance(node, PreformattedString):
            continue
        elif isinstance(node, NavigableString):
            inline.append(str(node))
        elif not isinstance(node, Tag) or node.name in _SKIPPED:
            continue
        elif node.name in _HEADINGS:
            flush()
            writer.heading(node.get_text(), int(node.name[1]))
        elif node.name == "table" and _is_data(node):
            flush()
            writer.table(_rows(node), node.caption.get_text() if node.caption else "")
        elif node.name in _BLOCKS:
            flush()
            item = node.name == "li" or (item and node.name in ("p", "div"))
            stack += [_FLUSH, *reversed(list(node.children))]
        else:
            stack += reversed(list(node.children))
    flush()


def _is_data(table: Tag) -> bool:
    """A table of data rather than of layout: short cells, several columns in most rows."""
    rows = table.find_all("tr")
    if not rows or table.find("table"):
        return False
    cells = [row.find_all(["td", "th"]) for row in rows]
    wide = sum(len(row) > 1 for row in cells)
    longest = max((len(cell.get_text()) for row in cells for cell in row), default=0)
    return wide >= 2 and wide * 2 > len(rows) and longest < _LONGEST_CELL


def _rows(table: Tag) -> list[list[str]]:
    return [[cell.get_text(" ") for cell in row.find_all(["td", "th"])] for row in table.find_all("tr")]


def _title(soup: BeautifulSoup) -> str:
    """What the page calls itself; its first heading where that is but a file's name."""
    title = soup.title.get_text() if soup.title else ""
    if title.strip() and not re.search(r"\.\w{3,5}$|^untitled", title.strip(), re.IGNORECASE):
        return title
    heading = soup.find(["h1", "h2"]) or soup.find(class_=re.compile("title|doc-ti"))
    return heading.get_text(" ") if heading else ""


def _metadata(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in soup.find_all("meta"):
        name, content = str(meta.get("name") or ""), str(meta.get("content") or "")
        if name.lower() in ("author", "date", "description") and content:
            found[name.lower()] = content
    if (link := soup.find("link", rel="canonical")) is not None and link.get("href"):
        found["url"] = str(link["href"])
    return found


def _hidden(soup: BeautifulSoup) -> tuple[HiddenText, ...]:
    """The text of elements that a browser does not show. Linear in the page's size."""
    classes = {
        rule.group(1)
        for style in soup.find_all("style")
        for rule in _RULE.finditer(style.get_text())
        if _conceals(rule.group(2))
    }
    found: list[str] = []
    stack: list[Tag] = [soup]
    while stack:
        for child in stack.pop().find_all(True, recursive=False):
            if child.name in ("script", "style", "template", "noscript", "head"):
                continue
            if _is_hidden(child, classes):
                found.append(child.get_text(" "))
            else:
                stack.append(child)
    text = "\n".join(each.strip() for each in found if each.strip())
    return (HiddenText(text=text, page=1, how="not shown by a browser"),) if text else ()


def _is_hidden(tag: Tag, classes: set[str]) -> bool:
    if tag.has_attr("hidden"):
        return True
    if classes and classes.intersection(tag.get("class") or ()):
        return True
    return _conceals(str(tag.get("style") or ""))


def _conceals(style: str) -> bool:
    plain = "".join(style.lower().split())
    match = _CONCEALS.search(plain)
    return bool(match) and not (match is not None and "color" in match.group() and _COLOURED.search(plain))
