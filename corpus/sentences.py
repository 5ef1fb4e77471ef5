"""Where sentences begin and end, by rule: deterministic, linear, and at home in statutes, labels and standards."""

from __future__ import annotations

import re
from itertools import pairwise

from corpus.types import Span

_ABBREVIATIONS = frozenset(
    """
    al approx ariz art arts cal cf ch cir cl co colo conn corp dept dist dr e.g ed eds eg eq esp est etc fig figs fla
    i.e ie inc incl jr kan ltd max mich min minn mo mont mr mrs ms mt neb nev no nos okla p par para pp prof ref refs
    reg resp rev sec sect seq sr st subsec supp tab tenn tex u.s u.k univ v viz vol vols vs vt wyo
    """.split()
)
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)|[。！？]")
_NEXT = re.compile(r"[\"'“‘(\[]?(?:[A-Z0-9À-Þ•·▪§¶\[]|[^\x00-\x7f])")
_ITEM = re.compile(r"\n[ \t]*(?=(?:[•·▪◦●○■□–—*-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])[ \t]+\S)")
_GAP = re.compile(r"\n[ \t]*\n\s*")
_LABEL = re.compile(r"\b(?:table|figure|article|section|chapter|annex|appendix|part|rule|clause)\s$", re.IGNORECASE)
_INITIALS = re.compile(r"[A-Z](?:\.[A-Z])+")
_LAST_WORD = re.compile(r"([^\s(\[“\"']+?)\.$")


def split_sentences(text: str) -> tuple[Span, ...]:
    """Spans of the sentences, list items and paragraphs of a text, in order, without the white space around them."""
    cuts = {0, len(text)}
    cuts.update(match.end() for match in _GAP.finditer(text))
    cuts.update(match.end() for match in _ITEM.finditer(text))
    cuts.update(match.end() for match in _END.finditer(text) if _ends(text, match.start(), match.end()))
    ordered = sorted(cuts)
    spans = (_trimmed(text, start, end) for start, end in pairwise(ordered))
    return tuple(span for span in spans if span[0] < span[1])


def _ends(text: str, start: int, end: int) -> bool:
    """Whether the stop at `start` ends a sentence rather than an abbreviation or a number."""
    following = end
    while following < len(text) and text[following].isspace():
        following += 1
    if following == len(text):
        return True
    if not _NEXT.match(text, following) or text[following] == "§":
        return False
    if text[start] != ".":
        return True
    match = _LAST_WORD.search(text, max(0, start - 24), start + 1)
    word = match.group(1) if match else ""
    if word.lower() in _ABBREVIATIONS:
        return False
    # "Mo. App. E.D. 1993", as law reports are cited
    if _INITIALS.fullmatch(word) or (word == "App" and text[max(0, start - 5) : start - 3].strip() == "."):
        return False
    # "J. Smith", and "1. Take …", where the number opens the line and so belongs to what follows
    if len(word) == 1 and word.isupper():
        return False
    # "Table 1. Doses", "Article 5. Scope": the number belongs to the word before it
    if word.isdigit() and _LABEL.search(text, max(0, start - 24), start - len(word)):
        return False
    opens_line = start - len(word) == 0 or text[start - len(word) - 1] == "\n"
    return not (word.isdigit() and len(word) <= 2 and opens_line)


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
