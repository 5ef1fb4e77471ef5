"""Cuts a document into passages: contiguous, of one section, short enough for the embedder's window."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.sentences import split_sentences
from corpus.types import Block, Page, Parsed, Passage, Span

MOST_WORDS = 130
"""Words of the longest passage; about 175 of the embedder's 256 tokens, the rest is for title and headings."""

CONTEXT_WORDS = 45
"""Words of title, headings and table header that stand before a passage's text in the index."""

_HYPHEN = re.compile(r"(?<=[a-z])-\s*\n\s*(?=[a-z])")
_COMPOUND = re.compile(r"\b(?:long|short|non|self|co|pre|post|anti|multi|cross|high|low|well|half|on|off|near|re)$")
_SPACE = re.compile(r"\s+")
_DROPPED = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
_BULLET = re.compile(r"[\uf000-\uf0ff\u25a0-\u25cf\u2023\u2043]")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,300}>|(?<!\w)[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?!\w)|`")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)


def clean(raw: str) -> str:
    """A stretch of a document as a person reads it: words whole again, one space between them, no markup."""
    text = _DROPPED.sub("", raw).translate(_LIGATURES)
    text = _HYPHEN.sub(
        lambda match: "-" if _COMPOUND.search(text, max(0, match.start() - 8), match.start()) else "", text
    )
    if "<" in text or "*" in text or "_" in text or "`" in text or "](" in text:
        text = _MARKUP.sub("", _LINK.sub(r"\1", text))
    return _SPACE.sub(" ", _BULLET.sub("•", text)).strip()


def split(parsed: Parsed, *, document_id: str, sha256: str) -> tuple[Passage, ...]:
    """The passages of a document, in reading order. Every block's text is in exactly one of them."""
    pages = {page.number: page for page in parsed.pages}
    pieces = [piece for block in parsed.blocks for piece in _pieces(block, pages[block.page].text)]
    groups = _grouped(pieces, pages)
    passages = []
    for ordinal, group in enumerate(groups):
        page, start, end = pages[group[0].block.page], group[0].start, group[-1].end
        passages.append(
            Passage(
                id=f"{document_id}#{ordinal}@{sha256[:8]}",
                document_id=document_id,
                ordinal=ordinal,
                page=page.number,
                start=start,
                end=end,
                text=page.text[start:end],
                sentences=tuple((piece.start - start, piece.end - start) for piece in group),
                headings=group[0].block.headings,
                table_header=group[0].block.table_header,
            )
        )
    return tuple(passages)


def embeddable(passage: Passage, title: str) -> tuple[str, tuple[Span, ...]]:
    """What the indexes are given for a passage, and where each of its sentences stands in that.

    Title, headings and table header come first, so that "the dose" is the dose of something.
    """
    parts = [clean(part) for part in (title, *passage.headings, passage.table_header) if part]
    text = " ".join(" > ".join(dict.fromkeys(parts)).split()[:CONTEXT_WORDS])
    spans = []
    for start, end in passage.sentences:
        text += "\n" if text else ""
        begin = len(text)
        text += clean(passage.text[start:end])
        spans.append((begin, len(text)))
    return text, tuple(spans)


@dataclass(frozen=True, slots=True)
class _Piece:
    """One sentence, row or item: the smallest thing that can be quoted."""

    block: Block
    start: int
    end: int
    words: int


def _pieces(block: Block, page: str) -> Iterator[_Piece]:
    text = page[block.start : block.end]
    whole = block.kind in ("table_row", "code") or (block.kind == "list_item" and len(text.split()) <= MOST_WORDS // 2)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    for first, last in ((start, end),) if whole else split_sentences(text):
        yield from _short(block, text, first, last)


def _short(block: Block, text: str, start: int, end: int) -> Iterator[_Piece]:
    """A sentence longer than a passage is cut between words."""
    words = list(re.finditer(r"\S+", text[start:end]))
    for at in range(0, len(words), MOST_WORDS):
        some = words[at : at + MOST_WORDS]
        yield _Piece(block, block.start + start + some[0].start(), block.start + start + some[-1].end(), len(some))


def _grouped(pieces: Sequence[_Piece], pages: dict[int, Page]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    words = 0
    for piece in pieces:
        if groups and words + piece.words <= MOST_WORDS and _together(groups[-1][-1], piece, pages):
            groups[-1].append(piece)
            words += piece.words
        else:
            groups.append([piece])
            words = piece.words
    return groups


def _together(one: _Piece, other: _Piece, pages: dict[int, Page]) -> bool:
    """Same page, section and table, with nothing but white space between them."""
    if one.block.page != other.block.page or one.block.headings != other.block.headings:
        return False
    if one.block.table_header != other.block.table_header or other.start < one.end:
        return False
    return not pages[one.block.page].text[one.end : other.start].strip()
