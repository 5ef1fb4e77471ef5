"""Replies: what a language model wrote, read as sentences with citation numbers, or recognised as nonsense."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from assistant.errors import GeneratorNonsense
from assistant.prompts import RULES, WORDS
from assistant.types import Sentence
from corpus.sentences import split_sentences

LONGEST_REPLY = 20_000
"""Characters; more is a loop."""

_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?</\1>", re.IGNORECASE | re.DOTALL)
_OPEN_THOUGHT = re.compile(r"<(?:think|thinking|reasoning)>", re.IGNORECASE)
_TOKEN = re.compile(r"<\|[^|<>]{1,40}\|>|</?s>|```\w*")
_LEAD = re.compile(r"^\s*(?:#+\s*)?(?:final answer|answer|assistant|response)\s*:\s*", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_NUMBERS = r"\d{1,3}(?:\s*(?:,|;|&|and|-|–)\s*\^?\d{1,3})*"
_WORD = r"(?:(?:source|passage|document|doc|ref|citation)s?\.?\s*)?"
_SQUARE = re.compile(rf"\s*[\[【]\s*{_WORD}[#^]?\s*({_NUMBERS})(?:†[^\]】]{{0,40}})?\s*[\]】]", re.IGNORECASE)
_ROUND = re.compile(
    rf"(?:(?<=[\s.,;:!?])|\s)[(（]\s*({_WORD}{_NUMBERS})\s*[)）](?=\s*(?:$|[.,;:!?]|[(（]|[A-Z]))", re.IGNORECASE
)
_SAYS_NOTHING = re.compile(
    r"\b(?:documents?|passages?|sources?|texts?|context|information|it)\b.{0,60}?"
    r"\b(?:(?:do|does|did)(?: not|n['’]t)|never)\s+"
    r"(?:\w+\s+)?(?:say|state|mention|answer|provide|contain|include|specify|give|address|cover|discuss)"
    r"|\b(?:is|are) not (?:\w+ )?"
    r"(?:stated|mentioned|provided|specified|given|addressed|covered|found|included|discussed)"
    r".{0,40}\b(?:documents?|passages?|sources?|texts?|context)\b"
    r"|\bI (?:do not|don['’]t) know\b|\b(?:cannot|can['’]?t|can not|unable to) (?:be )?(?:answer|determine)"
    r"|\bno (?:information|mention|answer)\b.{0,60}\b(?:documents?|passages?|sources?|texts?|context)\b",
    re.IGNORECASE,
)
_MARKUP = re.compile(r"<!doctype|<html\b|<body\b|</?(?:passage|question)\b", re.IGNORECASE)


def read_reply(text: str, *, passages: int) -> tuple[Sentence, ...]:
    """The reply's sentences without marks, each with the numbers it cites; none when the documents don't say.

    Marks are `[1]`, `[1][3]`, `[1, 3]`, `[1-3]`, `【1】`, `[passage 1]`, and `(1)` where there are none in square
    brackets. Cut to whole sentences. Raises GeneratorNonsense for what is no answer: empty, markup, code, loops, an
    echo of the prompt.
    """
    text = _plain(text)
    _check(text)
    mark = _SQUARE if _SQUARE.search(text) or not passages else _ROUND
    sentences = [sentence for line in text.splitlines() for sentence in _sentences(line, mark, passages)]
    counts = Counter(_key(sentence.text) for sentence in sentences)
    if counts and max(counts.values()) > 2:
        raise GeneratorNonsense("repeats itself")
    told = list({_key(sentence.text): sentence for sentence in sentences if not _abstains(sentence)}.values())
    if not told and not sentences:
        raise GeneratorNonsense("holds no sentence")
    return tuple(_short(told))


def _plain(text: str) -> str:
    """Without thoughts, control tokens and decoration."""
    text = _THOUGHT.sub(" ", text[: LONGEST_REPLY + 1])
    if _OPEN_THOUGHT.search(text):
        raise GeneratorNonsense("stopped while thinking")
    text = _TOKEN.sub(" ", text.rpartition("</think>")[2])
    return _LEAD.sub("", text.replace("**", "").replace("__", "")).strip()


def _check(text: str) -> None:
    """Raises GeneratorNonsense for what is no prose."""
    if not text:
        raise GeneratorNonsense("empty")
    if len(text) > LONGEST_REPLY:
        raise GeneratorNonsense("endless")
    if _MARKUP.search(text) or text[0] in "{<":
        raise GeneratorNonsense("markup or code instead of an answer")
    if any(rule.rstrip(".") in text for rule in RULES):
        raise GeneratorNonsense("an echo of the prompt")
    words = text.split()
    readable = sum(character.isalnum() or character.isspace() or character in ".,;:()[]%'-" for character in text)
    if readable < 0.8 * len(text) or max(map(len, words)) > 80 or "\ufffd" in text:
        raise GeneratorNonsense("not readable")
    if len(words) >= 30:
        triples = list(zip(words, words[1:], words[2:], strict=False))
        if len(set(triples)) < 0.5 * len(triples):
            raise GeneratorNonsense("repeats itself")


def _sentences(line: str, mark: re.Pattern[str], passages: int) -> Iterator[Sentence]:
    """A line's sentences; each mark counts for the sentence that it follows, or leads if the line is written so."""
    line = _BULLET.sub("", line).strip()
    kept, marks, end = "", [], 0
    for match in mark.finditer(line):
        kept += line[end : match.start()]
        marks.append((len(kept.rstrip()), _numbers(match.group(1), passages)))
        end = match.end()
    kept += line[end:]
    leads = bool(marks) and marks[0][0] == 0 and marks[-1][0] < len(kept.rstrip())
    spans = split_sentences(kept)
    cited: list[list[int]] = [[] for _ in spans]
    for position, numbers in marks:
        if leads:
            index = next((i for i, (_, stop) in enumerate(spans) if stop > position), len(spans) - 1)
        else:
            index = next((i for i, (_, stop) in enumerate(spans) if stop >= position), len(spans) - 1)
        if spans:
            cited[index].extend(numbers)
    for (start, stop), numbers in zip(spans, cited, strict=True):
        words = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(kept[start:stop].split()))
        if any(character.isalpha() for character in words):
            yield Sentence(text=words, citations=tuple(dict.fromkeys(numbers)))


def _numbers(text: str, passages: int) -> list[int]:
    """Numbers in a list like "1, 3" or "1-3"; a range beyond the passages is no range."""
    numbers: list[int] = []
    for first, last in re.findall(r"(\d+)(?:\s*[-–]\s*(\d+))?", text):
        start, stop = int(first), int(last or first)
        numbers += range(start, stop + 1) if start <= stop <= passages else [start]
    return numbers


def _abstains(sentence: Sentence) -> bool:
    return bool(_SAYS_NOTHING.search(sentence.text)) and (not sentence.citations or len(sentence.text.split()) < 12)


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def _short(sentences: list[Sentence]) -> Iterator[Sentence]:
    """Whole sentences up to the longest answer; a last one that was cut off is left out where there are others."""
    total = 0
    for index, sentence in enumerate(sentences):
        total += len(sentence.text.split())
        cut_off = index and index == len(sentences) - 1 and sentence.text[-1] not in '.!?"”’)'
        if cut_off or (index and total > WORDS):
            return
        yield sentence
