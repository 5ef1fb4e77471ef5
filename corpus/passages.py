"""Cuts a document into passages: contiguous, of one section, short enough for the embedder's window."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.sentences import split_sentences
from corpus.types import Block, Page, Parsed, Passage, Span

MOST_WORDS = 150
"""Words of the longest passage; about 200 of the embedder's 256 tokens, the rest is for title and headings."""

FEW_WORDS = 40
"""Numbered clauses shorter than this are put together, though each has a number of its own."""

MOST_ROWS = 8
"""Table rows of the longest passage."""

CONTEXT_WORDS = 45
"""Words of title, headings and table header that stand before a passage's text in the index."""

_HYPHEN = re.compile(r"(?<=[a-z])-[ \t]*\r?\n\s*(?=[a-z])")
_COMPOUND = re.compile(
    r"\b(?:long|short|non|self|co|pre|post|anti|multi|cross|high|low|well|half|on|off|near|re|one|two|three|four|six|"
    r"over|under|all|first|second|third|end|cost|risk|time|state|of|by|out|full|part|fixed|user|mid|single|double|"
    r"vice|decision|dose|life|day|year|month|week|side|up|to|in|real|peer|know|follow|built|so)$",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_DROPPED = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
_BULLET = re.compile(r"[\uf000-\uf0ff\u25a0-\u25cf\u2023\u2043]")
_CELL = re.compile(r"</?(?:t[dhr]|p|div|br|li|table|h[1-6])\b[^<>]{0,300}>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,300}>|`|\{:[^{}\n]{0,200}\}")
_EMPHASIS = re.compile(r"(?<![\w*/.])(\*{1,3}|_{1,3})(?=[\w\"“‘(\[$])([^*\n]{0,300}?[\w.,;:!?)\]\"”’%$])\1(?![\w*])")
_LINK = re.compile(r"!?\[((?:\\.|\[[^\[\]]{0,200}\]|[^\[\]\\]){0,600})\]\([^()\s]{0,500}(?:\s\"[^\"]{0,200}\")?\)")
_HALF_LINK = re.compile(r"!\[|\]\([^()\s]{0,500}(?:\s+\"[^\"]{0,600}\"?)?\)?")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
_BRACKET = re.compile(r"(?<=[(\[]) | (?=[)\]])| (?=[,;](?:\s|$))")
_NUMBER = re.compile(r"(?:Article |Section |§ ?)?[A-Z]?\.?[\d.]+(?:\(\w+\))*\.?")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00a0": " "}
)


def clean(raw: str) -> str:
    """A stretch of a document as a person reads it: words whole again, one space between them, no markup."""
    text = _DROPPED.sub("", raw).translate(_LIGATURES)
    if "\n" in text:
        text = _HYPHEN.sub(lambda match: _joint(text, match), text)
    if "](" in text or "![" in text:
        text = _HALF_LINK.sub("", _LINK.sub(r"\1", text))
    if "<" in text or "`" in text or "{:" in text:
        text = _TAG.sub("", _CELL.sub(" ", text))
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub(r"\2", text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    text = _BRACKET.sub("", _SPACE.sub(" ", _BULLET.sub("•", text)).strip())
    return f"•{text[1:]}" if text.startswith("* ") else text


def _joint(text: str, match: re.Match[str]) -> str:
    """The hyphen of a compound word stays; that of a word broken at the line's end goes."""
    return "-" if _COMPOUND.search(text, max(0, match.start() - 12), match.start()) else ""


def split(parsed: Parsed, *, document_id: str, sha256: str) -> tuple[Passage, ...]:
    """The passages of a document, in reading order. Every block's words are in exactly one of them."""
    pages = {page.number: page for page in parsed.pages}
    pieces = [piece for block in parsed.blocks for piece in _pieces(block, pages[block.page].text)]
    passages: list[Passage] = []
    for group in _grouped(pieces, pages):
        page, start, end = pages[group[0].block.page], group[0].start, group[-1].end
        text = page.text[start:end]
        if not any(character.isalpha() for character in text):
            continue
        passages.append(
            Passage(
                id=f"{document_id}#{len(passages)}@{sha256[:8]}",
                document_id=document_id,
                ordinal=len(passages),
                page=page.number,
                start=start,
                end=end,
                text=text,
                sentences=tuple((piece.start - start, piece.end - start) for piece in group),
                headings=_common(group),
                table_header=group[0].block.table_header,
            )
        )
    return tuple(passages)


def embeddable(passage: Passage, title: str) -> tuple[str, tuple[Span, ...]]:
    """What the indexes are given for a passage, and where each of its sentences stands in that.

    Title, headings and table header come first, so that "the dose" is the dose of something. What a sentence's span
    holds is exactly `clean` of the sentence.
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
    """First character in the page's text."""
    end: int
    words: int


def _pieces(block: Block, page: str) -> Iterator[_Piece]:
    text = page[block.start : block.end]
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    whole = block.kind in ("table_row", "code") or (block.kind == "list_item" and len(text.split()) <= FEW_WORDS)
    # A block is one paragraph: line ends in it, and blank lines that a file draws between them, mean nothing.
    spans = ((start, end),) if whole else split_sentences(_SPACE.sub(lambda match: " " * len(match.group()), text))
    for first, last in spans:
        yield from _short(block, text, first, last)


def _short(block: Block, text: str, start: int, end: int) -> Iterator[_Piece]:
    """A sentence longer than a passage is cut between words."""
    words = list(re.finditer(r"\S+", text[start:end]))
    for at in range(0, len(words), MOST_WORDS):
        some = words[at : at + MOST_WORDS]
        yield _Piece(block, block.start + start + some[0].start(), block.start + start + some[-1].end(), len(some))


def _grouped(pieces: Sequence[_Piece], pages: dict[int, Page]) -> list[list[_Piece]]:
    """Neighbours that belong together, as many as fit; a block that fits is not parted unless it is long."""
    groups: list[list[_Piece]] = []
    words = 0
    for piece, rest, rows in zip(pieces, _words_left(pieces), _rows_left(pieces), strict=True):
        fits = words + piece.words <= MOST_WORDS
        opens = not groups or groups[-1][-1].block is not piece.block
        if opens and words > FEW_WORDS and rest <= MOST_WORDS:
            fits = words + rest <= MOST_WORDS
        many = rows > 2 and groups and len(groups[-1]) >= MOST_ROWS
        if groups and fits and not many and _together(groups[-1], piece, pages):
            groups[-1].append(piece)
            words += piece.words
        else:
            groups.append([piece])
            words = piece.words
    return groups


def _words_left(pieces: Sequence[_Piece]) -> list[int]:
    """For each piece, the words from it to the end of its block."""
    left = [0] * len(pieces)
    for at in range(len(pieces) - 1, -1, -1):
        goes_on = at + 1 < len(pieces) and pieces[at + 1].block is pieces[at].block
        left[at] = pieces[at].words + (left[at + 1] if goes_on else 0)
    return left


def _rows_left(pieces: Sequence[_Piece]) -> list[int]:
    """For each piece, the rows from it to the end of its table; 0 outside tables."""
    left = [0] * len(pieces)
    for at in range(len(pieces) - 1, -1, -1):
        block = pieces[at].block
        if block.kind == "table_row":
            after = pieces[at + 1].block if at + 1 < len(pieces) else block
            same = after is not block and (after.table_header, after.page) == (block.table_header, block.page)
            left[at] = 1 + (left[at + 1] if same else 0)
    return left


def _together(group: Sequence[_Piece], piece: _Piece, pages: dict[int, Page]) -> bool:
    """Same page, section and table, with no word between them."""
    one, other = group[-1].block, piece.block
    if one.page != other.page or one.table_header != other.table_header or piece.start < group[-1].end:
        return False
    text = pages[one.page].text
    if one.headings != other.headings:
        few = min(sum(each.words for each in group), len(text[other.start : other.end].split())) < FEW_WORDS
        if not few or one.headings[:-1] != other.headings[:-1]:
            return False
        if not (_labelled(group[0].block, text) and _labelled(other, text)):
            return False
    return not any(character.isalnum() for character in text[group[-1].end : piece.start])


def _labelled(block: Block, page: str) -> bool:
    """Whether the block's own text says what its last heading does: it is but a number, or the text begins with it."""
    if not block.headings:
        return False
    return bool(_NUMBER.fullmatch(block.headings[-1])) or clean(page[block.start : block.end]).startswith(
        block.headings[-1]
    )


def _common(group: Sequence[_Piece]) -> tuple[str, ...]:
    """The headings that all of a passage's blocks stand under."""
    first, last = group[0].block.headings, group[-1].block.headings
    return first if first == last else first[:-1]
