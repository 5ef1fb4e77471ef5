"""XML and DOCX."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.passages import clean
from corpus.readers.marked import Writer, table_rows
from corpus.types import Parsed

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_UNPACKED = 200_000_000
"""Bytes that a DOCX may unpack to."""

_HEADINGS = {"title", "heading", "head", "h1", "h2", "h3", "num"}


def read_xml(data: bytes) -> Parsed:
    """Any XML: elements that hold text become paragraphs; of questions with answers the questions become headings."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root: Element = fromstring(data)
    except DefusedXmlException as error:
        raise UnreadableFile("XML with entities or external references, which are not followed") from error
    except (ParseError, ValueError, LookupError) as error:
        raise UnreadableFile(f"malformed XML: {error}") from error
    writer = Writer()
    metadata = {"url": root.get("url", ""), "source": root.get("source", "")}
    focus = (root.findtext("Focus") or root.findtext("title") or root.findtext("Title") or "").strip()
    if root.find(".//QAPair") is not None:
        for pair in root.iter("QAPair"):
            writer.heading((pair.findtext("Question") or "").replace(" ?", "?"), 2)
            for paragraph in (pair.findtext("Answer") or "").split("\n\n"):
                writer.block(paragraph)
    else:
        _walk(root, writer)
    return writer.parsed(focus, {key: value for key, value in metadata.items() if value})


def _walk(root: Element, writer: Writer) -> None:
    stack: list[tuple[Element, int]] = [(root, 1)]
    while stack:
        element, depth = stack.pop()
        name = _name(element)
        children = list(element)
        if name == "table" and any(_name(child) in ("row", "tr") for child in children):
            _table(children, writer)
            continue
        mixed = [element.text, *(child.tail for child in children)]
        inline = bool(children) and any(part and part.strip() for part in mixed)
        if inline or not children:
            text = " ".join(element.itertext())
            if name in _HEADINGS:
                writer.heading(text, depth)
            else:
                writer.block(text, "list_item" if name in ("item", "li") else "paragraph")
        else:
            if label := element.get("title") or element.get("name") or element.get("heading"):
                writer.heading(label, depth)
            stack += [(child, depth + 1) for child in reversed(children)]


def _table(children: list[Element], writer: Writer) -> None:
    caption = next((" ".join(child.itertext()) for child in children if _name(child) in ("caption", "title")), "")
    rows = [[clean(" ".join(cell.itertext())) for cell in child] for child in children if _name(child) in ("row", "tr")]
    table_rows(rows, clean(caption), writer)


def _name(element: Element) -> str:
    return str(element.tag).rsplit("}", 1)[-1].lower()


def read_docx(data: bytes) -> Parsed:
    """A Word document: paragraphs, headings by style, lists and tables, in order."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(item.file_size for item in archive.infolist()) > LARGEST_UNPACKED:
                raise UnreadableFile("it unpacks to more than 200 MB (a zip bomb?)")
    except zipfile.BadZipFile as error:
        raise UnreadableFile("malformed DOCX: it is no whole zip archive") from error
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        document = docx.Document(io.BytesIO(data))
        items = list(document.iter_inner_content())
    except Exception as error:
        raise UnreadableFile(f"malformed DOCX ({type(error).__name__})") from error
    writer = Writer()
    title = document.core_properties.title or ""
    for item in items:
        if isinstance(item, Table):
            table_rows([[cell.text for cell in row.cells] for row in item.rows], "", writer)
        elif isinstance(item, Paragraph):
            style = (item.style.name or "") if item.style else ""
            if style == "Title":
                title = title or item.text
                writer.heading(item.text, 1)
            elif style.startswith("Heading"):
                level = style.rsplit(" ", 1)[-1]
                writer.heading(item.text, int(level) if level.isdigit() else 2)
            else:
                writer.block(item.text, "list_item" if "List" in style else "paragraph")
    return writer.parsed(title)
