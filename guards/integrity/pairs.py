"""Pairs: prompts with the responses that somebody wrote for them, whatever the format.

Labelled text, chat-template tokens and tags; JSON, JSON Lines and YAML; CSV, TSV and Markdown tables; and question and
answer paragraphs without any label. All readers are linear and none trusts the format to be well formed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from guards.integrity import words
from guards.integrity.labels import Marker, _known, find_markers
from guards.integrity.turns import find_turns

Form = Literal["template", "qa", "people", "other", "cells", "bare", "turns"]

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?![ \t]*(?:\n|$|[-=*_#~+]{3,}[ \t]*(?:\n|$)))[^\n]+)*")
_RULE = re.compile(r"[ \t]*[-=*_#~+]{3,}[ \t]*")
_STRING = re.compile(
    r'(?:"""(?P<three>(?:[^"\\]|\\.|"(?!""))*+)(?:"""|$)'
    r"|'''(?P<single>(?:[^'\\]|\\.|'(?!''))*+)(?:'''|$)"
    r"|(?<=[(\[{,:=\s])'(?P<quoted>(?:[^'\\\n]|\\.)*+)'(?=\s{0,20}[,)\]}:])"
    r'|"(?P<plain>(?:[^"\\]|\\.)*+)(?:"|$))(?P<key>\s{0,20}:)?',
    re.DOTALL,
)
_FRAME = re.compile(r"[^\n?:\"“]{0,70}[:\"“][ \t]?[\"“]?")
"""What stands before a question that is told of: “When somebody asked ”."""
_LINK = re.compile(r"[^\w\s]{0,4}(?:[^\n:：\"“|=>)\]}~?-]{0,50}[:：\"“|=>)\]}~-]{1,4}[ \t]{0,2}){1,3}[\"“']?")
_HEADER = re.compile(r"^[\"' \w]{1,30}[,;][\"' \w,;]{1,60}$", re.MULTILINE)
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz,")
_NUMBERS = re.compile(r"\d+")
_FULL = re.compile(r"^[^\n]*?[^\W_][^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A prompt with a response that stands beside it."""

    start: int
    end: int
    """From the first label to the end of the response."""
    prompt: str
    response: str
    form: Form
    response_start: int
    labels: tuple[str, str] = ("", "")
    closed: bool = False
    """Whether the format itself says where the response ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The pairs of a text and the prompts that wait for a response."""

    pairs: tuple[Pair, ...]
    open: tuple[tuple[int, int, int], ...] = ()
    """Label, content and end of each prompt that has no response."""


def paragraphs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Paragraphs between blank lines and ruled lines; the rules themselves are none."""
    return [
        (found.start(), found.end())
        for found in _PARAGRAPH.finditer(text, start, end)
        if not _RULE.fullmatch(text, found.start(), found.end()) and text[found.start() : found.end()].strip()
    ]


def readings(text: str, least: int = 2) -> list[Found]:
    """The pairs of a text in each way of reading it that finds any: by labels, as data, as a table, without labels.

    `least`: pairs that must be there for a reading without labels to count.
    """
    markers = find_markers(text)
    ways = [_labelled(text, markers)]
    if not ways[0].pairs:
        ways.append(_with_open(_answered(text, markers)))
    ways.append(_labelled(text, find_turns(text)))
    for reader in (_strings, _rows, _inline, _bare):
        found = _with_open(reader(text))
        if len(found.pairs) >= least:
            ways.append(found)
    return [way for way in ways if way.pairs]


def _with_open(pairs: Iterator[Pair]) -> Found:
    """The pairs that have a response, and the prompts that wait for one."""
    full: list[Pair] = []
    waiting: list[tuple[int, int, int]] = []
    for pair in pairs:
        if pair.response.strip(" \t\r\n\"',}]"):
            full.append(pair)
        else:
            waiting.append((pair.start, pair.start, pair.end))
    return Found(pairs=tuple(full), open=tuple(waiting))


def _answered(text: str, markers: Sequence[Marker]) -> Iterator[Pair]:
    """Labels of responses alone: what stands in the same paragraph before each, or in the one before, is its prompt."""
    done = 0
    answers = [index for index, marker in enumerate(markers) if marker.role == "response"]
    starts: list[int] = []
    for index in answers:
        marker = markers[index]
        blocks = paragraphs(text, max(done, marker.start - 4 * words.HEAD), marker.start)
        starts.append(blocks[-1][0] if blocks else marker.start)
        done = marker.end
    for place, index in enumerate(answers):
        start, marker = starts[place], markers[index]
        end = starts[place + 1] if place + 1 < len(answers) else len(text)
        if start < marker.start and marker.end <= end:
            yield Pair(
                start=start,
                end=end,
                prompt=text[start : marker.start],
                response=text[marker.end : end],
                form="qa" if marker.kind == "qa" else "other",
                response_start=marker.end,
                labels=("", marker.label),
            )


def _labelled(text: str, markers: Sequence[Marker]) -> Found:
    pairs: list[Pair] = []
    waiting: list[tuple[int, int, int]] = []
    prompt: tuple[Marker, int] | None = None
    index = 0
    while index < len(markers):
        marker = markers[index]
        stop = _stop(text, markers, index)
        if marker.role == "prompt":
            if prompt and prompt[0].label == marker.label:
                waiting.append((prompt[0].start, prompt[0].end, prompt[1]))
                prompt = None
            prompt = (prompt[0] if prompt else marker, stop)
        elif marker.role == "response" and prompt:
            first = prompt[0]
            while index + 1 < len(markers) and markers[index + 1].role in ("response", "stage"):
                index += 1
                if markers[index].role == "response":
                    stop = _stop(text, markers, index)
                elif markers[index].label.startswith("<"):  # the template's own end of a turn
                    stop = markers[index].end
                    break
            response = text[marker.end : stop]
            if response.strip(" \t\n\"',}]"):
                kind = first.kind if first.kind != "people" and marker.kind != "people" else "people"
                pairs.append(
                    Pair(
                        start=first.start,
                        end=stop,
                        prompt=text[first.end : prompt[1]],
                        response=response,
                        form=kind,
                        response_start=marker.end,
                        labels=(first.label, marker.label),
                        closed=markers[index].stop is not None or markers[index].role == "stage",
                    )
                )
            else:
                waiting.append((first.start, first.end, prompt[1]))
            prompt = None
        index += 1
    if prompt:
        waiting.append((prompt[0].start, prompt[0].end, prompt[1]))
    return Found(pairs=tuple(pairs), open=tuple(waiting))


def _stop(text: str, markers: Sequence[Marker], index: int) -> int:
    following = markers[index + 1].start if index + 1 < len(markers) else len(text)
    own = markers[index].stop
    return following if own is None else min(own, following)


def _strings(text: str) -> Iterator[Pair]:
    """JSON, JSON Lines, Python literals: keys that name a role, or strings that take turns."""
    if text.count('"') + text.count("',") < 4:
        return
    role = ""
    label = ""
    prompt: tuple[int, str] | None = None
    loose: list[tuple[int, int, str]] = []
    keyed = False
    for found in _in_phase(text):
        value, at = _value(found)
        if found["key"]:
            role, label = _key(value.lower().strip()[:24], role, label)
            keyed = keyed or role in ("prompt", "response")
            if words.count(value) >= 4:  # a question as a key, its answer as the value
                loose.append((found.start(), found.end(), value))
            continue
        if role == "who" or (not role and _known(value.lower().strip()[:24])[0] in ("prompt", "response")):
            role = _known(value.lower().strip()[:24])[0]
            keyed = keyed or role in ("prompt", "response")
            continue
        if role == "prompt":
            prompt = (found.start(), value)
        elif role == "response" and prompt:
            yield _cells(prompt[0], found.end(), prompt[1], value, at, "template", label)
            prompt = None
        elif not keyed:
            loose.append((found.start(), found.end(), value))
    if not keyed:
        yield from _turns(text, [each for each in loose if words.count(each[2]) >= 2])


def _value(found: re.Match[str]) -> tuple[str, int]:
    """What stands in the quotation marks, and where it begins."""
    name = next((name for name in ("three", "single", "quoted", "plain") if found[name] is not None), "plain")
    return found[name], found.start(name)


def _in_phase(text: str) -> Iterator[re.Match[str]]:
    """The strings in quotation marks. One mark too many turns strings and what is between them around: when only
    punctuation is quoted, the line is read again from its start, and after that from the second of the marks.
    """
    position = again = 0
    while found := _STRING.search(text, position):
        value, _ = _value(found)
        if value and found["plain"] and not value.strip(" \t\r\n,:{}[]()"):
            line = text.rfind("\n", again, found.start()) + 1
            position = line if line > again else max(found.end() - 1, found.start() + 1)
            again = max(line, again)
            continue
        yield found
        position = found.end()


def _key(name: str, role: str, label: str) -> tuple[str, str]:
    """The role that a key gives to the value after it, with its name; keys of mere content leave it as it was."""
    known = _known(name)[0]
    if known in ("prompt", "response"):
        return known, name
    if name in ("role", "from", "speaker", "author", "sender"):
        return "who", name
    return (role, label) if name in ("content", "value", "text", "message", "parts", "body") else ("", label)


def _turns(text: str, cells: Sequence[tuple[int, int, str]]) -> Iterator[Pair]:
    """Cells without a name that take turns: one that asks, then one that does not merely ask."""
    index = 0
    while index + 1 < len(cells):
        (start, stop, prompt), (response_start, end, response) = cells[index], cells[index + 1]
        near = response_start - stop <= 40 and not text[stop:response_start].strip(" \t\r\n,:;[](){}")
        if near and words.asks(prompt) and words.count(response) >= 4 and not response.rstrip().endswith("?"):
            yield _cells(start, end, prompt, response, response_start, "cells", "")
            index += 2
        else:
            index += 1


def _rows(text: str) -> Iterator[Pair]:
    """CSV, TSV and Markdown tables: two cells of a row, by their header or because they ask and answer."""
    for mark in "|\t,;":
        if text.count(mark) < 3 or (mark in ",;" and f'"{mark}' not in text and not _HEADER.search(text)):
            continue
        columns: tuple[int, int] | None = None
        found = top = 0
        for cells in _table_rows(text, mark):
            if not cells:  # a blank line ends a table
                columns = None
                continue
            named = [_known(cell.strip(" *_\"'#").lower()[:24])[0] for _, _, cell in cells]
            if "prompt" in named and "response" in named and all(len(cell) < 40 for _, _, cell in cells):
                columns, top = (named.index("prompt"), named.index("response")), cells[0][0] + 1
                continue
            quoted = mark in "|\t" or sum(text[start] == '"' for start, _, _ in cells) >= 2
            wordy = [each for each in cells if words.count(each[2]) >= 2]
            if columns and max(columns) < len(cells):
                (start, _, prompt), (at, end, response) = cells[columns[0]], cells[columns[1]]
                found += 1
                begin = top - 1 if top else min(start, at)  # the header goes with the first row
                yield _cells(begin, max(end, cells[columns[0]][1]), prompt, response, at, "template", "")
                top = 0
            elif quoted and len(wordy) >= 2 and words.asks(wordy[0][2]) and words.count(wordy[1][2]) >= 4:
                (start, _, prompt), (at, end, response) = wordy[0], wordy[-1]
                found += 1
                yield _cells(start, end, prompt, response, at, "cells", "")
        if found >= 2:
            return


def _table_rows(text: str, mark: str) -> Iterator[list[tuple[int, int, str]]]:
    """The rows with two cells or more; a quoted cell may run over several lines."""
    cell = re.compile(rf'[ \t]*"((?:[^"]|"")*+)"[ ]*(?={re.escape(mark)}|\n|$)|[^{re.escape(mark)}\n]*+')
    cells: list[tuple[int, int, str]] = []
    position = line = 0
    while position <= len(text):
        found = cell.match(text, position)
        assert found is not None  # it may be empty
        value = found[1] if found[1] is not None else found[0]
        if value.strip(" -:"):
            start = found.start() + len(found[0]) - len(found[0].lstrip())
            cells.append((start, found.end(), value))
        position = found.end() + 1
        if text[found.end() : position] != mark:
            if len(cells) > 1 or not text[line : found.end()].strip():
                yield cells
            cells, line = [], position


def _bare(text: str) -> Iterator[Pair]:
    """Lines without labels: one that opens a prompt, then those up to the next one that does."""
    lines = [(found.start(), found.end()) for found in _FULL.finditer(text)]
    if len(lines) < 2:
        return
    again = Counter(_NUMBERS.sub("", text[start:end]) for start, end in lines if end - start < 60)
    lines = [
        (start, end) for start, end in lines if end - start >= 60 or again[_NUMBERS.sub("", text[start:end])] < 2
    ]  # what returns word for word is a greeting, a heading or a signature
    opening = [
        _fresh(text, lines, at) and words.opens(text[start : min(end, start + words.HEAD)])
        for at, (start, end) in enumerate(lines)
    ]
    index = 0
    while index < len(lines) - 1:
        following = index + 1
        while following < len(lines) and not opening[following]:
            following += 1
        if opening[index] and following > index + 1:
            (start, stop), (at, _), (_, end) = lines[index], lines[index + 1], lines[following - 1]
            last = following == len(lines) == index + 2 and words.requests(text[at:end])  # that is the question
            if words.count(text[at : min(end, at + words.HEAD)]) >= 6 and not last:
                yield _cells(start, end, text[start:stop], text[at:end], at, "bare", "")
        index = following


def _inline(text: str) -> Iterator[Pair]:
    """Lines that hold a question and, behind a few linking words, its answer: “When asked …? she said: …”.

    The words that link a question to its answer in some lines divide the others too, also where nothing asks.
    """
    places = [found.span() for found in _FULL.finditer(text) if found.end() - found.start() > 60]
    links: dict[tuple[int, int], tuple[int, int]] = {}
    for line, end in places:
        at, tried = text.find("?", line, end), 0
        while at >= 0 and tried < 6:
            link = _LINK.match(text, at + 1, end)
            if link and words.count(text[link.end() : end]) >= 6:
                links[line, end] = (at + 1, link.end())
                break
            at, tried = text.find("?", at + 1, end), tried + 1
    often = Counter(_NUMBERS.sub("0", text[start:stop]) for start, stop in links.values())
    known = [
        re.compile(_NUMBERS.sub(lambda _: r"\d{1,6}", re.escape(link)))
        for link, _ in often.most_common(4)
        if len(link) > 4
    ]
    for line, end in places:
        found = links.get((line, end))
        for known_link in known if found is None else ():
            hit = known_link.search(text, line + 1, end)
            if hit and words.count(text[hit.end() : end]) >= 6:
                found = hit.span()
                break
        if found:
            lead = _FRAME.match(text, line, found[0])
            begin = lead.end() if lead else line
            yield _cells(line, end, text[begin : found[0]], text[found[1] : end], found[1], "bare", "")


def _fresh(text: str, lines: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a line begins something, and does not go on with a sentence that was broken over lines."""
    if at == 0:
        return True
    start, end = lines[at - 1]
    before = text[max(start, end - 8) : end].rstrip("\"'*_ \t)")
    return end - start < 50 or before[-1:] not in _LETTERS or text.count("\n", end, lines[at][0]) > 1


def _cells(start: int, end: int, prompt: str, response: str, at: int, form: Form, label: str) -> Pair:
    return Pair(
        start=start,
        end=end,
        prompt=prompt,
        response=response,
        form=form,
        response_start=at,
        labels=("", label),
        closed=form != "bare",
    )
