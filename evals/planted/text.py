"""What the makers of claims share: tidy sentences, words, and replacements that keep the grammar."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from corpus.sentences import split_sentences
from corpus.types import Span
from evals.planted.types import Draft
from evals.planted.words import AUXILIARIES, STOP

_MARKS = (
    (re.compile(r"\{:?[^{}]{0,80}\}"), ""),
    (re.compile(r"</?(?:su[bp]|u|em|strong|i|b)\b[^<>]{0,80}>"), ""),
    (re.compile(r"\(?(?:see )?\[\\?\[link\\?\]\]\(#[^()]{0,80}\)(?:\*\*\w\*\*)?\)?"), ""),
    (re.compile(r"\[\s?see\b[^\[\]]{0,200}\]", re.IGNORECASE), ""),
    (re.compile(r"\[([^\[\]]{1,80})\]\[\d{1,2}\]"), r"\1"),
    (re.compile(r"\*\*|__|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)|`"), ""),
    (re.compile(r"\s+"), " "),
    (re.compile(r" (?=[.,;:)])|(?<=\() "), ""),
    (re.compile(r"\(\)"), ""),
)
_ITEM = re.compile(
    r"^(?:\[[A-Z]{2,8} ?\d{1,3}[a-z]?\]|[•·▪◦●○■□–—*o-]+ |\(?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[a-z]|[ivx]{1,4})[.)]? )\s*"
)
_STRANGE = re.compile(
    r"[|<>{}\\=_\[\]~^…•]|\.\.|https?:|www\.|[A-Za-z]\.[A-Za-z]{3}|\( |□|\bQR\b|\b[a-z]{3,}\. [a-z]|[a-z][A-Z]{2}[a-z]"
)
_ASIDE = re.compile(
    r"^(?:watch|visit|view|see|listen|click|name:|table|figure|in witness|explain|describe|identify|note|by:|"
    r"this (?:figure|image|photo|table|video|link|diagram|document|chapter|section)|the (?:figure|image|top|left|right)"
    r" (?:panel|image|of)|dated|source)\b",
    re.IGNORECASE,
)
_GLUED = re.compile(r"[\w)] (?:The|An|If|When|This|These|In|For|It|To) [a-z]|\b[A-Z]\d{2}\.|\* ")
"""A heading that stands in one line with the sentence below it, numbers of requirements, blackened words."""
_WORD = re.compile(r"[^\W_]+(?:[-'’.,/][^\W_]+)*")
_VERB = re.compile(
    rf"\b(?:{'|'.join(AUXILIARIES)}|causes?|contains?|includes?|provides?|occurs?|helps?|forms?|produces?|receives?|"
    r"makes?|begins?|becomes?|increases?|decreases?|requires?|involves?|allows?|affects?|consists?|uses?|results?|"
    r"supports?|gives?|takes?|agrees?|means?|refers?|controls?|carry|carries|moves?|enters?|leads?|leaves?)\b"
)
_ENGLISH = re.compile(r"\b(?:the|a|an|of|to|in|and|or|is|are|for|by|with|that|be|as|it|from|on|at)\b", re.IGNORECASE)


def tidy(sentence: str) -> str:
    """A sentence as an answer would give it: one line, without marks of layout, links and numbers of items."""
    text = sentence
    for mark, plain in _MARKS:
        text = mark.sub(plain, text)
    return _ITEM.sub("", text.strip())


def usable(sentence: str) -> bool:
    """Whether a tidy sentence is one that states something, whole and in English."""
    words = sentence.split()
    if not 6 <= len(words) <= 45 or not sentence.endswith(".") or not re.match(r"[A-Z“\"]", sentence):
        return False
    if _STRANGE.search(sentence) or _ASIDE.search(sentence) or not _VERB.search(sentence):
        return False
    if (
        sentence.count("(") != sentence.count(")")
        or sentence.count('"') % 2
        or sentence.count("“") != sentence.count("”")
    ):
        return False
    if _GLUED.search(sentence):
        return False
    # labels of figures and heads of tables: hardly a small word among them, digits everywhere
    small = len(_ENGLISH.findall(sentence))
    digits = sum(letter.isdigit() for letter in sentence)
    return small >= max(1, len(words) // 9) and digits * 6 < len(sentence)


def words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, in order."""
    return [word.lower() for word in _WORD.findall(text)]


def content(text: str) -> frozenset[str]:
    """What a text is about: its words but the small ones, plurals cut."""
    return frozenset(word.rstrip("s") for word in words(text) if word not in STOP and len(word) > 1)


@lru_cache(maxsize=64)
def contents(text: str) -> tuple[frozenset[str], ...]:
    """`content` of each sentence of a text."""
    return tuple(content(text[start:end]) for start, end in split_sentences(text))


def says(evidence: str, claim: str, share: float = 0.6, needed: Iterable[str] = ()) -> bool:
    """Whether some sentence of the evidence has that share of the claim's content, and all that is needed."""
    wanted, must = content(claim), frozenset().union(*(content(each) for each in needed))
    rest = wanted - must
    return any(must <= has and len(rest & has) >= share * len(rest) for has in contents(evidence))


def swap(text: str, start: int, end: int, new: str) -> Draft:
    """The text with something else at a place, in the same case and with the article that fits."""
    old = text[start:end]
    if old[:1].isupper() and new[:1].islower():
        new = new.upper() if old.isupper() and len(old) > 3 else new[:1].upper() + new[1:]
    article = re.search(r"(?:^|(?<=\W))([Aa])n? $", text[max(0, start - 4) : start])
    if article and not new[:1].isspace():
        vowel = bool(re.match(r"[aeio]|un(?!i)|8|1[18]\b", new, re.IGNORECASE))
        before = text[: start - len(article.group())] + article.group(1) + ("n " if vowel else " ")
    else:
        before = text[:start]
    return Draft(text=before + new + text[end:], wrong=((len(before), len(before) + len(new)),))


def last_verb_phrase(text: str) -> Span:
    """`verb_phrase` of the last verb of a text: what a condition at its end was tied to."""
    found = list(_VERB.finditer(text))
    # of "may increase" the first word, of "is secreted and stored" the last verb that is known
    starts = [
        before.start() if before and before.end() + 1 == match.start() else match.start()
        for before, match in zip([None, *found], found, strict=False)
    ]
    return verb_phrase(text, starts[-1] if starts else 0)


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def lowered(text: str) -> str:
    """The beginning in lower case, where its first word is one that has a capital only there."""
    first = text.split(" ", 1)[0].strip(",")
    common = first.lower() in STOP or first.lower() in {
        "although",
        "because",
        "once",
        "unless",
        "until",
        "after",
        "before",
    }
    return text[:1].lower() + text[1:] if common and first != "I" else text


def has_verb(text: str) -> bool:
    """Whether a verb is known in a text."""
    return bool(_VERB.search(text))


def verb_phrase(text: str, start: int = 0) -> Span:
    """Where the first verb from `start` on stands, with up to three words after it; all from `start` where none is."""
    match = _VERB.search(text, start)
    if not match:
        return start, len(text.rstrip(" ."))
    after = re.compile(r"(?: [\w'’-]+){0,3}").match(text, match.end())
    return match.start(), after.end() if after else match.end()
