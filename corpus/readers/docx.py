"""Word documents: paragraphs, headings by style, lists and tables, in order."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.readers.hidden import SAME_COLOUR, SMALL
from corpus.readers.writer import Writer
from corpus.types import HiddenText, Parsed

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.table import Table
    from docx.text.paragraph import Paragraph

LARGEST_UNPACKED = 200_000_000
"""Bytes that a Word document may unpack to."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"heading\s*(\d)?", re.IGNORECASE)


def read_docx(data: bytes) -> Parsed:
    """A Word document as one page. Raises UnreadableFile for what is malformed, locked, or unpacks to far too much."""
    _check_size(data)
    import docx
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
        writer = Writer()
        title = ""
        for item in document.iter_inner_content():
            if isinstance(item, Table):
                writer.table(_rows(item))
            else:
                title = _paragraph(item, writer) or title
        parsed = writer.parsed(document.core_properties.title or title, _metadata(document))
        return replace(parsed, hidden=_hidden(document))
    except UnreadableFile:
        raise
    except Exception as error:
        raise UnreadableFile(f"malformed Word document ({type(error).__name__})") from error


def _check_size(data: bytes) -> None:
    """Unpacks piece by piece, since what a zip archive says of its size may be a lie."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(item.flag_bits & 1 for item in archive.infolist()):
                raise UnreadableFile("encrypted: it needs a password")
            declared = sum(item.file_size for item in archive.infolist())
            for item in archive.infolist() if declared <= LARGEST_UNPACKED else ():
                with archive.open(item) as stream:
                    while chunk := stream.read(1 << 20):
                        total += len(chunk)
                        if total > LARGEST_UNPACKED:
                            break
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise UnreadableFile("malformed Word document: it is no whole zip archive") from error
    except Exception as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("malformed Word document: it cannot be unpacked") from error
    if max(total, declared) > LARGEST_UNPACKED:
        raise UnreadableFile(f"it expands to more than {LARGEST_UNPACKED // 10**6} MB (a zip bomb?)")


def _paragraph(paragraph: Paragraph, writer: Writer) -> str:
    """Writes a paragraph; gives its text back where it is the document's title."""
    style = (paragraph.style.name or "") if paragraph.style else ""
    if style == "Title":
        writer.heading(paragraph.text, 0.5)
        return paragraph.text
    if match := _HEADING.match(style):
        writer.heading(paragraph.text, int(match.group(1) or 2))
    else:
        writer.paragraph(paragraph.text, "list_item" if "List" in style else "paragraph")
    return ""


def _rows(table: Table) -> list[list[str]]:
    """The cells' texts; a cell that spans columns counts once."""
    rows = []
    for row in table.rows:
        seen: list[object] = []
        texts = []
        for cell in row.cells:
            if not any(cell._tc is each for each in seen):
                seen.append(cell._tc)
                texts.append(cell.text)
        rows.append(texts)
    return rows


def _hidden(document: Document) -> tuple[HiddenText, ...]:
    """The text of runs that are marked as hidden, white without a background, or a point high or less."""
    by_how: dict[str, list[str]] = {}
    for run in document.element.body.iter(f"{_W}r"):
        marks = run.find(f"{_W}rPr")
        if marks is not None and (how := _concealed(marks)):
            by_how.setdefault(how, []).append("".join(text.text or "" for text in run.iter(f"{_W}t")))
    return tuple(
        HiddenText(text=" ".join(texts), page=1, how=how) for how, texts in by_how.items() if any(map(str.strip, texts))
    )


def _concealed(marks: BaseOxmlElement) -> str:
    """How the run with these properties is hidden; empty when it is not."""
    value = {str(mark.tag).removeprefix(_W): str(mark.get(f"{_W}val") or "") for mark in marks}
    if "vanish" in value and value["vanish"].lower() not in ("0", "false", "off"):
        return "marked as hidden"
    if value.get("color", "").lower() == "ffffff" and not {"shd", "highlight"} & set(value):
        return SAME_COLOUR
    if value.get("sz", "").isdigit() and int(value["sz"]) <= 2:  # half points
        return SMALL
    return ""


def _metadata(document: Document) -> dict[str, str]:
    properties = document.core_properties
    found = {
        "author": properties.author,
        "created": str(properties.created or ""),
        "subject": properties.subject,
        "keywords": properties.keywords,
        "comments": properties.comments,
    }
    return {key: value for key, value in found.items() if value}
