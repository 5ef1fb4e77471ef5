"""readers: a file's bytes to pages and blocks.

`read` tells the format by content first and by name second; each format is a module. What cannot be read raises
UnreadableFile, whose text is the reason a person gets to see.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from corpus.errors import UnreadableFile
from corpus.types import Failure, Parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.readers.jsonl import Row as Row

LARGEST_FILE = 200_000_000
"""Bytes."""

LARGEST_TEXT = 50_000_000
"""Bytes of a text, Markdown, HTML or XML file."""

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_BY_SUFFIX = {
    ".pdf": PDF,
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".xml": "application/xml",
    ".docx": DOCX,
    ".jsonl": "application/jsonl",
    ".ndjson": "application/jsonl",
}
_OLE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def media_type(data: bytes, name: str) -> str:
    """What the file is. Content outweighs the name. Raises UnreadableFile for formats that are not read."""
    suffix = PurePath(name).suffix.lower()
    by_name = _BY_SUFFIX.get(suffix, "")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if b"%PDF-" in data[:1024]:
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"word/" in data or by_name == DOCX:
            return DOCX
        raise UnreadableFile("unsupported format: a zip archive that is no Word document")
    if head.startswith(_OLE):
        raise UnreadableFile("unsupported format: an old or encrypted Office file; save it as .docx without a password")
    if by_name in (PDF, DOCX):
        raise UnreadableFile(f"not a {'PDF' if by_name == PDF else 'Word'} file although its name says so")
    start = head[:512].lower()
    if start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<?xml") and b"<html" in start):
        return "text/html"
    if start.startswith(b"<?xml"):
        return "application/xml"
    if b"\x00" in data[:4096] and not data.startswith(_UTF16):
        raise UnreadableFile("unsupported format: a binary file that is none of PDF, DOCX, HTML, XML, Markdown or text")
    if by_name:
        return by_name
    raise UnreadableFile(f"unsupported format: {suffix or 'no file ending'}")


def read(data: bytes, name: str) -> Parsed:
    """A file as pages and blocks. Raises UnreadableFile with the reason in words for a person."""
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableFile("empty file")
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"larger than {LARGEST_FILE // 10**6} MB")
    kind = media_type(data, name)
    try:
        return _parsed(data, kind)
    except (UnreadableFile, ImportError, MemoryError):
        raise
    except Exception as error:
        raise UnreadableFile(f"malformed {_NAMES.get(kind, 'file')} ({type(error).__name__})") from error


def jsonl_rows(data: bytes) -> Iterator[Row | Failure]:
    """The documents of a JSON Lines file, one a line; a bad line is a Failure whose path is its number."""
    from corpus.readers import jsonl

    return jsonl.jsonl_rows(data)


_NAMES = {PDF: "PDF", DOCX: "Word document", "text/html": "HTML", "application/xml": "XML", "text/markdown": "Markdown"}


def _parsed(data: bytes, kind: str) -> Parsed:
    """Each format's own reader; imported here, since most files need but one."""
    if kind == PDF:
        from corpus.readers.pdf import read_pdf

        return read_pdf(data)
    if kind == DOCX:
        from corpus.readers.docx import read_docx

        return read_docx(data)
    if len(data) > LARGEST_TEXT:
        raise UnreadableFile(f"more than {LARGEST_TEXT // 10**6} MB of text")
    if kind == "application/xml":
        from corpus.readers.xml import read_xml

        return read_xml(data)
    text = decoded(data)
    if kind == "text/html":
        from corpus.readers.html import read_html

        return read_html(text)
    if kind == "text/markdown":
        from corpus.readers.markdown import read_markdown

        return read_markdown(text)
    from corpus.readers.text import read_text

    return read_text(text)


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, as UTF-8, or by the likeliest encoding. Line ends become one kind."""
    if data.startswith(_UTF16):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = _guessed(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " ")
    sample = text[:20_000]
    if sum(not (c.isprintable() or c in "\n\t\f\xa0\xad\u200b") for c in sample) > len(sample) / 10:
        raise UnreadableFile("unsupported format: it is not text")
    return text


def _guessed(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding if best else "cp1252", errors="replace")
