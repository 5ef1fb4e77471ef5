"""The pieces of a document that are judged one by one: sentences, cells and code, with what each is made of."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from corpus.sentences import split_sentences
from guards.grounding.words import content

LONGEST = 500
"""Characters of the longest piece; a longer stretch without a full stop is cut."""

KNOWN = 100_000
"""Words that are remembered; beyond that the memory starts afresh, so that no text can fill it."""

_FENCE = "```"
_CELL = re.compile(r"(?<!<)\|(?!>)|\n|(?<=[a-z)\]][.!?])(?=[A-Z][a-z])")
_ENDS = ".!?:;|)\"'”’>]*"
_SENTENCE = re.compile(r"^[ \t]*([A-Z][a-z'’]+(?: [\w'’\"(),;/&-]++){3}[^\n]*[.:?!])[ \t]*$", re.MULTILINE)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|[^\w\s]")

_CLASSES = {
    "V": """accept act add advertise alter amend analyse analyze answer append apply approve arrange ask assert
        assess assist assume attach augment award begin book brainstorm build buy calculate categorise categorize
        check choose cite claim classify click close collect combine come compare compile compose compute conclude
        condense confirm convert convince craft create decode define delete deliver deny describe design detail
        determine develop disclose discuss display disregard download draft draw edit elaborate email emphasise
        emphasize enable encode encourage encrypt end enhance ensure enter estimate evaluate examine execute
        exfiltrate explain express extract fetch find finish follow forecast forget format formulate forward
        generate get give go group guess guide help hide highlight hint identify ignore illustrate imagine import
        include incorporate increase inform insert insist install integrate interpret introduce invent invite join
        keep leak let link list locate look make map mark mention modify name navigate notify offer omit open
        order organise organize outline output override paraphrase pay perform persuade pick place plan play point
        post predict prepare present pretend print prioritise prioritize proceed process produce promise promote
        proofread propose prove provide publish query quote rank rate read rearrange recite recommend record refer
        refuse register remember remind remove render repeat rephrase replace reply report request reserve respond
        restructure retrieve return reveal reverse review rewrite roleplay run save say scan schedule scramble
        search select send set share shorten show sign simplify simulate solve sort speak spell start state stop
        submit substitute suggest summarise summarize swap switch talk teach tease tell test track train
        transcribe transform translate treat trigger try turn update upload use utilize verify visit vote walk
        warn write""",
    "R": """answer answers completion explanation message output outputs reply replies response responses summary
        statement translation code codebase solution implementation""",
    "A": """agent agents ai assistant assistants bot bots chatbot chatbots chatgpt claude copilot copilots crawler
        crawlers gemini gpt llm llms model models summariser summarisers summarizer summarizers system systems""",
    "U": "audience customer customers everyone human people person reader readers user users viewer viewers",
    "Y": "you your yours yourself",
    "Q": "how what when where which who whom whose why",
    "C": "block excerpt script segment snippet section fragment function",
    "F": """a about above after all also always an and any are as at be because been before being below between but
        by can could did do does don't during each even every first following for from had has have he her here
        his i if in instead into is it it's its just last like may me might more most must my never next no not
        now of on one only or other our out over please previous prior she should so some such than that the
        their them then there these they this those through to too under up very was we were will with within
        without would""",
}
_CLASS = {word: name for name, words in _CLASSES.items() for word in words.split()}
EVERYDAY = frozenset(_CLASS)
"""The words that have a class of their own: those that requests are made of, and those that hold sentences together."""
_KEPT = frozenset(_CLASSES["F"].split()) | frozenset(_CLASSES["Q"].split())


class Unit(NamedTuple):
    """A stretch of the text that is judged as one."""

    start: int
    end: int
    code: bool


class Word(NamedTuple):
    """What is known of a token, worked out once."""

    word: int
    """Hash of the word in lower case."""
    form: int
    """Hash of its class: what sort of word it is, whatever it means."""
    stem: int
    """Hash of its stem where it carries content, else 0."""
    name: str
    """The class itself."""


def units(text: str) -> list[Unit]:
    """The text in pieces, in order, without the white space around them."""
    found: list[Unit] = []
    at = 0
    while at < len(text):
        fence = text.find(_FENCE, at)
        prose = fence if fence >= 0 else len(text)
        found += [Unit(start, end, False) for start, end in _prose(text[at:prose], at)]
        if fence < 0:
            break
        close = text.find(_FENCE, fence + 3)
        at = close + 3 if close >= 0 else len(text)
        found += _code(text, fence, at)
    return found


def _code(text: str, start: int, end: int) -> Iterator[Unit]:
    """A stretch of code, and the lines in it that are plain sentences: comments apart, code has none."""
    at = start
    for match in _SENTENCE.finditer(text, start, end):
        if text[at : match.start()].strip():
            yield Unit(at, match.start(), True)
        yield Unit(*match.span(1), False)
        at = match.end()
    if text[at:end].strip():
        yield Unit(at, end, True)


def _prose(text: str, offset: int) -> Iterator[tuple[int, int]]:
    for start, end in split_sentences(text):
        cuts = [start]
        cuts += [match.end() for match in _CELL.finditer(text, start, end) if _cuts(text, match, start, end)]
        cuts.append(end)
        for first, last in pairwise(cuts):
            yield from _short(text, first, last, offset)


def _cuts(text: str, match: re.Match[str], start: int, end: int) -> bool:
    """Whether a piece ends here: at a cell's edge, or where a line is broken other than in the midst of a sentence."""
    if match.group() != "\n":
        return True
    following = text[match.end() : min(match.end() + 40, end)].lstrip(" \t")
    before = text[max(start, match.start() - 40) : match.start()].rstrip(" \t\r")
    return bool(following) and (not (following[0].islower() or following[0].isdigit()) or before[-1:] in _ENDS)


def _short(text: str, start: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
    """The stretch without its edges, cut at a space where it is very long."""
    while start < end:
        stop = end
        if end - start > LONGEST:
            space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
            stop = space if space > 0 else start + LONGEST
        piece = text[start:stop]
        inner = piece.strip(" \t\r\n|")
        if inner:
            first = start + piece.index(inner)
            yield first + offset, first + len(inner) + offset
        start = stop


def tokens(text: str) -> list[str]:
    """Words, numbers and marks."""
    return _TOKEN.findall(text)


class Lexicon:
    """Remembers what words are. Safe to share between threads: at worst a word is worked out twice."""

    def __init__(self) -> None:
        self._known: dict[str, Word] = {}

    def look_up(self, words: list[str]) -> list[Word]:
        """What is known of each."""
        known = self._known
        try:
            return [known[word] for word in words]
        except KeyError:
            if len(known) > KNOWN:
                known = self._known = {}
            for word in words:
                if word not in known:
                    known[word] = _word(word)
            return [known[word] for word in words]


def _word(token: str) -> Word:
    lower = token.lower().replace("’", "'")[:24]
    name = _class(lower, token)
    stems = content(lower) if lower.isalpha() and _CLASS.get(lower, "") not in ("F", "Q", "Y") else ()
    return Word(
        word=_hash("0" if lower.isdigit() else lower),
        form=_hash(lower if lower in _KEPT else name),
        stem=_hash(stems[0]) if stems else 0,
        name=name,
    )


def _class(lower: str, token: str) -> str:
    """Which sort of word it is: a class of ours, a number, a mark, or how it ends and whether it has a capital."""
    if name := _CLASS.get(lower):
        return name
    if lower.isdigit():
        return "0"
    if not lower[0].isalpha():
        return lower
    if not lower.isascii():
        return "~"
    ending = next(
        (each for each in ("ing", "ed", "ly", "tion", "ity", "ment", "able", "s") if lower.endswith(each)), ""
    )
    return f"{'W' if token[0].isupper() else 'w'}{ending}"


def _hash(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass")) or 1
