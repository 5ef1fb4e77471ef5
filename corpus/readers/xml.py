"""XML: elements that hold text become paragraphs; of questions with answers the questions become headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.readers.headings import ITEM
from corpus.readers.writer import Writer
from corpus.types import Parsed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 200
"""Elements within elements; more is no document."""

_HEADINGS = frozenset("title heading head h1 h2 h3 h4 h5 h6 num".split())
_ITEMS = frozenset("item li listitem".split())
_ROWS = frozenset("row tr".split())
_PARAGRAPH = re.compile(r"\n\s*\n|\s{4,}")
_LEAD = re.compile(r"^Summary\s*:\s*")


def read_xml(data: bytes) -> Parsed:
    """Any XML as one page. Raises UnreadableFile for what is malformed, declares entities or holds no text."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise UnreadableFile("it declares XML entities or external references, which are not followed") from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(f"malformed XML: {error}") from error
    writer = Writer()
    metadata = {"url": root.get("url", ""), "source": root.get("source", "")}
    title = next((found for name in ("Focus", "title", "Title") if (found := root.findtext(name))), "")
    if root.find(".//QAPair") is not None:
        _answers(root, writer)
    else:
        _walk(root, writer)
    return writer.parsed(title, {key: value for key, value in metadata.items() if value})


def _answers(root: Element, writer: Writer) -> None:
    """Questions as headings, answers as paragraphs and items."""
    for pair in root.iter("QAPair"):
        writer.heading((pair.findtext("Question") or "").replace(" ?", "?"), 2)
        answer = (
            _LEAD.sub("", "".join(answer.itertext()).strip()) if (answer := pair.find("Answer")) is not None else ""
        )
        for paragraph in _PARAGRAPH.split(answer):
            writer.block(paragraph, "list_item" if ITEM.match(paragraph) else "paragraph")


def _walk(root: Element, writer: Writer) -> None:
    """Goes through the elements with a stack of its own: nesting has no depth that could break it."""
    stack: list[tuple[Element, int]] = [(root, 1)]
    while stack:
        element, depth = stack.pop()
        if depth > DEEPEST:
            raise UnreadableFile(f"malformed XML: nested more than {DEEPEST} elements deep")
        name, children = _name(element), list(element)
        if children and any(_name(child) in _ROWS for child in children) and not element.findtext("title"):
            _table(element, writer)
        elif not children or any(part and part.strip() for part in (element.text, *(child.tail for child in children))):
            text = "".join(element.itertext())
            if name in _HEADINGS:
                writer.heading(text, depth - 1)  # it names the element that it stands in
            else:
                writer.paragraph(text, "list_item" if name in _ITEMS else "paragraph")
        else:
            if label := element.get("title") or element.get("name") or element.get("heading"):
                writer.heading(label, depth)
            stack += [(child, depth + 1) for child in reversed(children)]


def _table(table: Element, writer: Writer) -> None:
    rows = [[" ".join(cell.itertext()) for cell in row] for row in table if _name(row) in _ROWS]
    caption = " ".join(" ".join(child.itertext()) for child in table if _name(child) in ("caption", *_HEADINGS))
    writer.table(rows, caption)


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1].lower()
