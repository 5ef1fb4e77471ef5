"""readers: a file's bytes to pages and blocks.

`read` tells the format by content first and by name second; each format is a module. What cannot be read raises
UnreadableFile, whose text is the reason a person gets to see.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from corpus.errors import UnreadableFile
from corpus.types import Failure, Parsed

LARGEST_FILE = 200_000_000
"""Bytes."""
LARGEST_TEXT = 50_000_000
"""Bytes of a text, Markdown, HTML or XML file."""

_BY_SUFFIX = {
    ".pdf": "application/pdf",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".xml": "application/xml",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
}
_DOCX = _BY_SUFFIX[".docx"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One document of a JSON Lines file."""

    id: str
    sha256: str
    """Of the line's bytes."""
    parsed: Parsed
    title: str = ""
    url: str = ""


def media_type(data: bytes, name: str) -> str:
    """What the file is. Content outweighs the name. Raises UnreadableFile for formats that are not read."""
    by_name = _BY_SUFFIX.get(PurePath(name).suffix.lower(), "")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"%PDF-") or b"%PDF-" in data[:1024]:
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        if b"word/" in data or by_name == _DOCX:
            return _DOCX
        raise UnreadableFile("unsupported format: a zip archive that is no Word document")
    if by_name in ("application/pdf", _DOCX):
        raise UnreadableFile(
            f"it is no {'PDF' if by_name.endswith('pdf') else 'Word document'} although its name says so"
        )
    start = head[:512].lower()
    if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start:
        return "text/html"
    if start.startswith(b"<?xml"):
        return "application/xml"
    if by_name:
        return by_name
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("unsupported format: a binary file that is none of PDF, DOCX, HTML, XML, Markdown or text")
    raise UnreadableFile(f"unsupported format: {PurePath(name).suffix or 'no file ending'}")


def read(data: bytes, name: str) -> Parsed:
    """A file as pages and blocks. Raises UnreadableFile with the reason in words for a person."""
    if not data.strip(b" \t\r\n\x00"):
        raise UnreadableFile("empty file")
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"larger than {LARGEST_FILE // 10**6} MB")
    kind = media_type(data, name)
    if kind == "application/pdf":
        from corpus.readers.pdf import read_pdf

        return read_pdf(data)
    if kind == _DOCX:
        from corpus.readers.office import read_docx

        return read_docx(data)
    if len(data) > LARGEST_TEXT:
        raise UnreadableFile(f"more than {LARGEST_TEXT // 10**6} MB of text")
    if kind == "application/xml":
        from corpus.readers.office import read_xml

        return read_xml(data)
    from corpus.readers.marked import read_html, read_markdown, read_text

    text = decoded(data)
    match kind:
        case "text/html":
            return read_html(text)
        case "text/markdown":
            return read_markdown(text)
        case _:
            return read_text(text)


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, as UTF-8, or by the likeliest encoding. Line ends are made alike."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            from charset_normalizer import from_bytes

            best = from_bytes(data[:200_000]).best()
            if best is None:
                raise UnreadableFile("its text encoding cannot be told") from None
            text = data.decode(best.encoding, errors="replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")
    if sum(not (c.isprintable() or c in "\n\t\f") for c in text[:20_000]) > len(text[:20_000]) / 10:
        raise UnreadableFile("unsupported format: it is not text")
    return text


def jsonl_rows(data: bytes) -> Iterator[Row | Failure]:
    """The documents of a JSON Lines file, one a line; a bad line is a Failure that names its number."""
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            try:
                yield _row(line)
            except (UnreadableFile, ValueError, RecursionError) as error:
                yield Failure(path=str(number), reason=str(error) or type(error).__name__)


def _row(line: bytes) -> Row:
    from corpus.readers.marked import read_text

    try:
        row = json.loads(line)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise UnreadableFile("not a line of JSON in UTF-8") from error
    if not isinstance(row, dict) or not isinstance(row.get("id"), str | int) or str(row.get("id")) == "":
        raise UnreadableFile("needs an object with an `id`")
    if not isinstance(row.get("text"), str) or not row["text"].strip():
        raise UnreadableFile("needs a `text`")
    text = row["text"].replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
    return Row(
        id=str(row["id"]),
        sha256=hashlib.sha256(line.strip()).hexdigest(),
        parsed=read_text(text),
        title=str(row.get("title") or ""),
        url=str(row.get("url") or ""),
    )
