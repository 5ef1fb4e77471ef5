"""Demonstrations: question-and-answer pairs that somebody wrote into the context, and whether they steer.

Pairs that show a task (labels, values, translations, extracts, code) are kept, and so are records that are quoted to be
asked about (hearings, interviews, pages of questions and answers). What is left asserts: advice or claims in prose that
nobody validated. Those are taken out as a whole, since demonstrations misalign a model even when each looks harmless.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from statistics import fmean, median
from typing import Literal

from guards.integrity import asked, words
from guards.integrity.keeping import narrowed
from guards.integrity.pairs import Found, Pair, readings

Source = Literal["user", "document", "answer"]

_TASK = re.compile(
    r"\b(?:classif|categori[sz]|label|translat|extract|rewrit|rephras|paraphras|summari|convert|transform|reformat"
    r"|normali[sz]|tag (?:each|the)|sentiment|complete the|fill in|continue the|parse|annotat|simplif|shorten|anonymi"
    r"|deidentif|headline|slogan|tagline|caption|product description|subject line|turn (?:each|the|these|this)"
    r"|correct (?:the|each|these)|make (?:each|these|the following))",
    re.IGNORECASE,
)
_MATERIAL = re.compile(
    r"\b(?:the|this|that|these|those|our|my|attached|following|above|below|a|from|quoted)\s(?:\w+\s){0,2}"
    r"(?:transcripts?|depositions?|testimon(?:y|ies)|hearing|interviews?|conversations?|chats?|dialogues?|exchange"
    r"|minutes|faqs?|witness(?:es)?|deponent|leaflet|brochure|page|questionnaire|survey|logs?|thread|forum|records?"
    r"|excerpt|passage|handout|article|document|text|questions and answers|answers)\b"
    r"|\b(?:above|the witness|deponent|faq)\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"\b(?:the|this|that|these|those|our|my|attached|following|above|below|a|from|quoted|of)\s(?:\w+\s){0,2}"
    r"(?:transcripts?|depositions?|testimon(?:y|ies)|conversations?|chats?|dialogues?|tickets?|threads?|logs?"
    r"|calls?)\b",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(
    r"\b(?:examples?|samples?|demonstrations?|q ?& ?a pairs?|few[- ]shot|shots|icl)\b", re.IGNORECASE
)
_CODE = re.compile(
    r"```|^\s*(?:def |class |import |from \w+ import|#include|SELECT |function |const |let |var |<\w+)", re.M
)
_FIELD = re.compile(r"(?:^|[;,|\n]) ?[\w ]{1,24}[:=] ?\S")
_TRAILING = re.compile(r"""(?:[\s"'}\]|,;)]|</[\w-]{1,24}>)*+""")

_ANSWERING = re.compile(
    r"\banswer\b[^.!?\n]{0,60}\b(?:sentences?|words|lines?|short|shortly|briefly|style|evidence|concise\w*|format"
    r"|questions?)\b",
    re.IGNORECASE,
)
"""An order that says how long or in what form to answer."""

FEW = 8
"""Pairs that show a style; more of them are not needed for that."""

LEAST = 2
"""Pairs that make a demonstration: misalignment was measured from two on."""


LOOKED_AT = 64
"""About how many pairs, evenly spread, are looked at closely to tell what all of them are for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steering:
    """Pairs to be taken out of a text."""

    spans: tuple[tuple[int, int, int], ...]
    """From, to, and how many pairs stand between; in the text that was read."""
    pairs: tuple[Pair, ...]
    certainty: float


def find_demonstrations(text: str, source: Source, *, question: bool = True) -> Steering | None:
    """The steering pairs of a text, or None. `question`: whether a person's text holds the question that is to stay."""
    steering: list[_Read] = []
    ways = [found for found in readings(text) if len(found.pairs) >= LEAST]
    most = max((len(found.pairs) for found in ways if found.pairs[0].form != "bare"), default=0)
    for found in ways:
        if found.pairs[0].form == "bare" and most >= 2 * len(found.pairs):
            continue  # labels or data that tell far more pairs apart know better what they are
        taken, kept, sure_place = asked.bounds(text, found, question=question and source == "user")
        trimmed = tuple(
            replace(pair, response=text[pair.response_start : end]) if end < pair.end else pair
            for pair, (_, end) in zip(found.pairs, _before(taken, kept), strict=True)
        )
        outside = _outside(text, taken, kept)
        if sure := steers(replace(found, pairs=trimmed), outside, source):
            fillings = asked.fillings(text, taken, kept, sure=sure_place)
            steering.append(_Read(taken=taken, fillings=fillings, kept=kept, pairs=trimmed, certainty=sure))
    marked = [each for each in steering if each.pairs[0].form != "bare"]
    if marked and 2 * sum(each.covered for each in marked) >= max(each.covered for each in steering):
        steering = marked  # a reading by labels or data knows its ends better than one without
    if not steering:
        return None
    taken = sorted({bound for each in steering for bound in each.taken})
    best = max(steering, key=lambda each: each.covered)
    taken = sorted({*taken, *(place for each in steering for place in each.fillings)})
    spans = asked.without(_joined(text, taken), [place for each in steering for place in each.kept])
    if question and source == "user":
        spans = narrowed(text, spans, [each.taken for each in steering])
    return Steering(spans=spans, pairs=best.pairs, certainty=max(each.certainty for each in steering))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A reading that steers."""

    taken: list[asked.Span]
    fillings: list[asked.Span]
    kept: list[asked.Span]
    pairs: tuple[Pair, ...]
    certainty: float

    @property
    def covered(self) -> int:
        """Characters of its pairs."""
        return sum(end - start for start, end in self.taken)


def _before(taken: Sequence[asked.Span], kept: Sequence[asked.Span]) -> list[asked.Span]:
    """The bounds of the pairs, ending where something is kept."""
    places = sorted(start for start, _ in kept)
    at, ends = 0, []
    for start, end in taken:
        while at < len(places) and places[at] <= start:
            at += 1
        ends.append((start, min(end, places[at]) if at < len(places) else end))
    return ends


def steers(found: Found, outside: str, source: Source) -> float:
    """How sure it is that these pairs steer, 0 when they do not; `outside` is what stands around them."""
    pairs = found.pairs[:: max(1, len(found.pairs) // LOOKED_AT)]
    kinds = [asserts(pair) for pair in pairs]
    task = bool(_TASK.search(outside))
    number = sum(kinds)
    if number < min(LEAST, len(pairs)) or number < 0.2 * len(pairs):
        return _trivia(found, outside, task)
    claims = [pair for pair, asserted in zip(pairs, kinds, strict=True) if asserted]
    asking = fmean(words.asks(pair.prompt) for pair in claims)
    testifying = fmean(words.testifies(pair.response) for pair in claims)
    brief = median(words.count(pair.response) for pair in claims) < 25
    if _recurs(pairs) or (impersonal(claims) and _ANSWERING.search(outside) and len(found.pairs) <= FEW):
        return 0.0
    if task and _transforms(claims) and (brief or fmean(words.addresses(pair.response) for pair in claims) < 0.4):
        return 0.0
    if brief and fmean(words.opens(pair.prompt) for pair in claims) < 0.5:
        return 0.0  # lines written anew, headlines, captions: nobody asks anything
    leading = [pair for pair in claims if words.asks(pair.prompt) and words.advises(pair.response)]
    share = 0.5 if source == "document" and claims[0].form == "bare" else 0.4
    dialogue = (
        fmean(words.personal(pair.prompt) for pair in claims) >= share
        and fmean(words.addresses(pair.response) for pair in claims) >= share
    )
    referred = bool(_MATERIAL.search(asked.without_leads(outside)))
    coherent = coherence(pairs, strict=source == "user" and (dialogue or not referred))
    match _commonest([pair.form for pair in claims]):
        case "template":
            if coherent and not dialogue:
                return 0.0
            return 0.0 if (coherent or testifying >= 0.5) and _SPOKEN.search(outside) else 0.98
        case "qa":
            quoted = source == "document" or not dialogue or referred
            witness = testifying >= (0.4 if len(claims) > 2 else 0.9)
            return 0.0 if witness or (coherent and quoted) else 0.95
        case _:
            spoken = (
                asking >= 0.5
                and len(leading) >= max(LEAST if len(claims) > 3 or source == "document" else 1, 0.15 * len(claims))
                and testifying < 0.5
            )
            much = sum(pair.end - pair.start for pair in pairs) >= 3 * len(outside.strip()) or source == "document"
            plain = (
                asking >= 0.8
                and not (referred and source == "user")
                and (claims[0].form != "bare" or (much and (len(claims) > 2 or len(leading) > 1)))
            )
            return 0.85 if spoken and not coherent and (dialogue or plain) else 0.0


def _recurs(pairs: Sequence[Pair]) -> bool:
    """Whether few prompts come back again and again, each time with another response, as in records and threads."""
    prompts = {pair.prompt.strip()[:200] for pair in pairs}
    both = {(pair.prompt.strip()[:200], pair.response.strip()[:200]) for pair in pairs}
    return len(prompts) < max(LEAST, 0.34 * len(pairs)) and len(both) >= 2 * len(prompts)


def impersonal(pairs: Sequence[Pair]) -> bool:
    """Whether questions and answers are about facts alone: nobody speaks of themselves or is spoken to."""
    return not any(words.personal(pair.prompt) or words.addresses(pair.response) for pair in pairs)


def _transforms(pairs: Sequence[Pair]) -> bool:
    """Whether the responses look like their prompts written anew: about as long, or shorter."""
    lengths = [(words.count(pair.prompt), words.count(pair.response)) for pair in pairs]
    return fmean(after <= 1.5 * before + 4 for before, after in lengths) >= 0.6


def _commonest(forms: Sequence[str]) -> str:
    """The form that most pairs have: how surely their labels alone say that somebody wrote answers for a model."""
    return max(("template", "qa", "people", "other", "cells", "bare"), key=forms.count)


def asserts(pair: Pair) -> bool:
    """Whether the response states or advises in prose, and is not a label, value, code or made from its prompt."""
    response = pair.response.strip().strip("\"'`*").strip()
    length = words.count(response)
    if length < 5 or (length < 9 and response[-1:] not in ".!?。！？।"):
        return False
    if length < 25 and (_CODE.search(response) or response[:1] in "{[<" or len(_FIELD.findall(response)) >= 2):
        return False
    if response.startswith("```"):
        return False
    said, asked = words.stems(response), words.stems(pair.prompt)
    if said and len(said & asked) >= 0.55 * len(said):
        return False
    there, here = words.english(pair.prompt), words.english(response)
    return not (length >= 5 and max(there, here) > 0.2 and min(there, here) < 0.04)


def _trivia(found: Found, outside: str, task: bool) -> float:
    """Short answers to questions, given as examples for a question of another form: knowledge, not a format."""
    pairs = found.pairs
    if task or found.open or len(pairs) < 3 or not _EXAMPLES.search(outside):
        return 0.0
    if _commonest([pair.form for pair in pairs]) not in ("template", "qa"):
        return 0.0
    asking = fmean(words.asks(pair.prompt) for pair in pairs)
    return 0.8 if asking >= 0.8 and not _MATERIAL.search(outside) else 0.0


def coherence(pairs: Sequence[Pair], *, strict: bool = False) -> bool:
    """Whether the pairs speak of one matter, as a page or a hearing does and a row of examples does not.

    Each prompt is compared with the one before it, in short exchanges also with the response to that; and a word of
    the subject may run through prompts and responses alike. `strict`: of a few pairs only words that are rare elsewhere
    count, since people's questions in one field share the others by accident.
    """
    if len(pairs) < 2:
        return True
    strict = strict or len(pairs) > 5  # what two questions of a field share by accident, a row of them shares surely
    telling = words.subjects if strict else words.content
    about = [telling(pair.prompt) for pair in pairs]
    said = [telling(pair.response) for pair in pairs]
    needed = max(2, 0.6 * len(pairs))
    in_prompts, in_responses = Counter(chain(*about)), Counter(chain(*said))
    if any(times >= needed and in_responses[word] >= needed for word, times in in_prompts.items()):
        return True
    if not strict and len(pairs) > 2 and max(in_prompts.values(), default=0) >= 0.8 * len(pairs):
        return True
    linked = 0
    for before, pair in pairwise(pairs):
        topic = words.subjects(pair.prompt)
        shared = topic & words.subjects(before.prompt)
        if strict and len(pairs) < 4:  # two prompts may share a word by accident; less easily one both take up
            shared &= words.stems(before.response) & words.stems(pair.response)
        if not shared and words.count(before.response) <= 40:
            shared = topic & words.subjects(before.response)
        linked += bool(shared) or words.leans(pair.prompt)
    return linked >= 0.6 * (len(pairs) - 1)


def _outside(text: str, taken: Sequence[asked.Span], kept: Sequence[asked.Span]) -> str:
    """What stands around the pairs and among them, at most a few thousand characters of it."""
    around = text[: taken[0][0]][-3000:] + "\n" + text[taken[-1][1] :][:4000]
    return "\n".join((around, *(text[start:end] for start, end in kept[:8])))


def _joined(text: str, taken: Sequence[asked.Span]) -> tuple[tuple[int, int, int], ...]:
    """Pairs that follow each other become one span, with brackets and separators that belong to them."""
    spans: list[tuple[int, int, int]] = []
    known = asked.captions(text, taken)
    for start, end in taken:
        line = text.rfind("\n", max(0, start - 80), start) + 1
        if 0 <= start - line <= 60 and text[line:start].lstrip()[:1] in ("{", "[", "|", "<", "-", '"', "("):
            start = line  # noqa: PLW2901 - the record's own opening goes with it
        trail = _TRAILING.match(text, end)
        if trail and ("\n" not in trail[0].strip() or "</" in trail[0]):
            end += len(trail[0].rstrip())  # noqa: PLW2901
        if spans and start < spans[-1][1]:  # two readings of one place
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]), spans[-1][2])
        elif spans and start - spans[-1][1] <= 120 and asked.between(text[spans[-1][1] : start], known):
            spans[-1] = (spans[-1][0], end, spans[-1][2] + 1)
        else:
            spans.append((start, end, 1))
    return tuple(span for span in spans if span[1] > span[0])
