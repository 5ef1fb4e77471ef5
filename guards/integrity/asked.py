"""What of a text belongs to the demonstrations and what is the question: where each pair ends, and what is kept.

A response without an end of its own swallows what follows it. So the paragraph that asks is looked for: in the prompt
that waits for a response, before, between and after the pairs, and last of all within their responses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from guards.integrity import ends, words
from guards.integrity.pairs import Found, Pair, paragraphs

Span = tuple[int, int]

_LEADS = re.compile(
    r"\b(?:examples?|samples?|demonstrations?|conversations?|exchanges|below|above|follow\w*|style|earlier|carefully)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•–]\s|\d{1,2}[.)]\s|\*\*|#)")
_CONDITION = re.compile(r"\s*(?:if|when|while|under|now|make sure|just)\b", re.IGNORECASE)
_LABEL = re.compile(r"\s*[^\w\s]{0,6}\s?(?:[^\W\d_]{1,16}\s){0,3}[^\W\d_]{1,16}[^\w\s]{0,3}\s?\d{0,4}[^\w\s]{0,3}:\s")
FEW = 3
"""Paragraphs that ask, among the pairs, that may all be the question."""
BRIEF = 14
"""Words of the longest paragraph that may be a question for its brevity alone: “Maximum dose for a child of 20 kg”."""
_DIGITS = re.compile(r"\d+")
_FORM = re.compile(
    r"\s*(?:please |you (?:must|should|may) |but |and )?(?:fill|use|follow|answer|reply|respond|write|keep|give)\b"
    r"[^.?\n]{0,60}\b(?:template|form|format|table|words?|sentences?|lines?|bullets?|paragraphs?|briefly|style)\b",
    re.IGNORECASE,
)
_SLOT = re.compile(r"^[ \t]{0,8}[\w ]{1,30}[=:][ \t]?(?:[#\[<_{(]|\.\.)", re.MULTILINE)
"""A line of a form that is to be filled in: “reason = # Why you want it”."""
_MANY = 8
"""Paragraphs that may follow a question and still belong to it."""


def asks_openly(block: str) -> bool:
    """Whether a paragraph may be a person's question, and not the end of an answer or an introduction to examples."""
    block = block.strip()
    last = block.rfind("\n") + 1
    if last and not _ITEM.match(block) and asks_openly(block[last:]):
        return True
    block = _LABEL.sub("", block, count=1)
    if words.count(block) < (2 if words.personal(block) else 3) or not words.requests(block) or _ITEM.match(block):
        return False
    if "?" in block or "？" in block:
        rest = block[max(block.rfind("?"), block.rfind("？")) + 1 :]
        return words.count(rest) <= 4 or (len(rest) <= 160 and words.opens(block))
    if _LEADS.search(block[:200]) or _CONDITION.match(block):
        return False
    return words.opens(block) or not words.advises(block)


def without_leads(text: str) -> str:
    """The text less the paragraphs that merely introduce examples."""
    blocks = (text[slice(*block)] for block in paragraphs(text, 0, len(text)))
    return "\n\n".join(block for block in blocks if "?" in block or not _LEADS.search(block[:200]))


def bounds(text: str, found: Found, *, question: bool) -> tuple[list[Span], list[Span], bool]:
    """From where to where each pair goes, which places among them are kept since they may be the question, and whether
    the question surely stands behind the pairs or before them all.

    `question`: whether the text holds a person's question, as a document or an earlier turn does not.
    """
    pairs = found.pairs
    usual = median([min(len(pair.response), 4000) for pair in pairs[:-1]] or [800])
    last = pairs[-1]
    trails = not last.closed and not text[last.end : last.end + 4000].strip()
    taken = _ended(text, pairs, usual, trails=question and trails)
    if not question:
        return taken, [], True
    broken = ends.broken_off(text, pairs)
    trails = trails or broken is not None
    waiting = [(start, end) for _, start, end in found.open if text[start:end].strip(" \t\r\n\"',;:{}[]()")]
    taken, behind = ends.behind(text, taken, pairs)
    kept = waiting[-1:]
    early = _heading(text, pairs[0])
    standing = bool(early) or (bool(kept) and kept[0][0] > last.start and len(text) - kept[0][1] < 40)
    around = [block for block in _around(text, taken) if asks_openly(text[slice(*block)])]
    standing = standing or bool(around)
    if behind and behind[-1][0] > last.response_start:
        trails = False
    ending, sure = _ending(text, last, broken) if trails else ([], False)
    heads = bool(around) and around[0][1] <= taken[0][0] <= around[0][1] + 200
    if not sure and standing and (heads or not _brief(text, ending)):
        ending = []
    inner = [] if standing or sure else _inner(text, pairs[:-1] if trails else pairs)
    short = [] if inner or standing or sure else _brief_ends(text, pairs[:-1] if trails else pairs)
    if not standing and not sure:
        inner = [*_opening(text, pairs[0]), *inner]
    if inner and not sure and not _brief(text, ending):
        ending = []
    if not inner and not ending and not standing and trails and len(kept) == 0:
        ending = _last_line(text, last)
    sure = sure or (bool(kept) and kept[0][0] > last.start and len(text) - kept[0][1] < 40) or bool(early)
    if not sure and last.form != "bare" and len(around) <= FEW:
        kept += around  # another reading may take them for part of a pair
    kept = [*kept, *early, *behind, *inner, *short, *ending, *_formal(pairs)]
    kept = [whole(text, place) for place in kept]
    if trails and not ending and last.end - last.response_start > 4 * usual + 1500:
        taken[-1] = (last.start, _usual_end(text, last, usual))
    return taken, kept, sure


def _ended(text: str, pairs: Sequence[Pair], usual: float, *, trails: bool) -> list[Span]:
    """The bounds of the pairs; a response far longer than the others ends sooner, but not a last one that `trails`."""
    taken = []
    for pair in pairs:
        far = not pair.closed and pair.end - pair.response_start > 4 * usual + 1500
        far = far and not (trails and pair is pairs[-1])
        taken.append((pair.start, _usual_end(text, pair, usual) if far else pair.end))
    return taken


def _ending(text: str, last: Pair, broken: int | None) -> tuple[list[Span], bool]:
    """The end of a text that may be the question, and whether it surely is. `broken`: where a template breaks off."""
    ending, sure = _tail(text, last)
    if not sure and broken and (prompt := _last_prompt(text, last.response_start, broken)):
        return prompt, True
    return ending, sure


def _opening(text: str, pair: Pair) -> list[Span]:
    """The first paragraph of a first pair that nothing labels, if it asks."""
    blocks = paragraphs(text, pair.start, pair.end)[:1] if pair.form == "bare" else []
    return [block for block in blocks if asks_openly(text[slice(*block)])]


def _formal(pairs: Sequence[Pair]) -> list[Span]:
    """Questions that were taken for prompts, since what follows them only says in what form to answer."""
    return [
        (pair.start, pair.response_start)
        for pair in pairs
        if pair.form == "bare" and _goes_on(pair.response[:400].split("\n\n")[0])
    ]


def _goes_on(block: str) -> bool:
    """Whether a paragraph says in what form a question before it is to be answered."""
    slots = len(_SLOT.findall(block))
    return "?" not in block and (2 * slots > block.count("\n") + 1 or bool(_FORM.match(block)))


def whole(text: str, place: Span) -> Span:
    """A question with what belongs to it: the matter that its writer tells before it, and the form of the answer."""
    start, end = place
    for first, last in paragraphs(text, end, min(len(text), end + 2000))[:_MANY]:
        if not _goes_on(text[first:last]):
            break
        end = last
    low = max(0, start - 1500)
    for first, last in reversed(paragraphs(text, low, start)[-_MANY:]):
        line = text.rfind("\n", first, last) + 1 or first
        whole_line = line == 0 or text[line - 1] == "\n"
        if not whole_line or text.count("\n", last, start) < 2 or not _tells(text[line:last]):
            break
        start = line
        if line > first:
            break
    return start, end


def _tells(block: str) -> bool:
    """Whether a paragraph tells of the writer's own matter, as it may stand before a question, and asks nothing."""
    label = _LABEL.match(block)
    if (label and "question" not in label[0].lower()) or _ITEM.match(block) or words.is_answer(block):
        return False
    return words.personal(block) and words.count(block) >= 6 and "?" not in block and not words.addresses(block)


def _last_prompt(text: str, start: int, stop: int) -> list[Span]:
    """The last line before a place, or the last that asks before paragraphs that say in what form to answer."""
    blocks = paragraphs(text, start, stop)[-_MANY:]
    for first, last in reversed(blocks):
        line = text.rfind("\n", first, last) + 1 or first
        if not _goes_on(text[first:last]) or asks_openly(text[line:last]):
            return [(line, blocks[-1][1])]
    return []


def _brief_ends(text: str, pairs: Sequence[Pair]) -> list[Span]:
    """Last paragraphs of responses that have a few words only and neither advise nor end an introduction to a list."""
    found = []
    for pair in pairs:
        blocks = [] if pair.closed else paragraphs(text, pair.response_start, pair.end)
        if len(blocks) < 2 or not _brief(text, blocks[-1:]):
            continue
        block = text[slice(*blocks[-1])]
        if words.count(block) >= 2 and not _ITEM.match(block) and not block.rstrip().endswith((":", "!")):
            found.append(blocks[-1])
    return found if len(found) <= FEW else []


def _brief(text: str, places: Sequence[Span]) -> bool:
    """Whether what may be the question has so few words that it is hardly a whole paragraph of an answer."""
    return any(words.count(text[start:end]) <= BRIEF and not words.advises(text[start:end]) for start, end in places)


def _heading(text: str, pair: Pair) -> list[Span]:
    """A question that was taken for the prompt of a first pair: an introduction to examples follows it."""
    if pair.labels[0]:
        return []
    blocks = paragraphs(text, pair.start, pair.end)[:7]
    if len(blocks) < 2 or not asks_openly(text[slice(*blocks[0])]):
        return []
    for before, block in pairwise(blocks):
        following = text[slice(*block)]
        if len(following) < 160 and "?" not in following and _LEADS.search(following):
            return [(blocks[0][0], before[1])]
    return []


def fillings(text: str, taken: Sequence[Span], kept: Sequence[Span], *, sure: bool) -> list[Span]:
    """What stands between two pairs and belongs to them: the rest of what could not be read as pairs.

    Only gaps that are not much longer than a pair; and unless the question is `sure` to stand elsewhere, not the
    paragraphs in them that ask.
    """
    if len(taken) < 2:
        return []
    usual = median([end - start for start, end in taken])
    filled: list[Span] = []
    for (_, start), (end, _) in pairwise(taken):
        if not 0 < end - start <= max(300.0, 2 * usual):
            continue
        blocks = paragraphs(text, start, end)
        if not sure and sum(words.count(text[slice(*block)]) for block in blocks) <= 2 * BRIEF and _brief(text, blocks):
            continue
        if sure or not any(asks_openly(text[slice(*block)]) for block in blocks):
            filled.append((start, end))
        else:
            done = start
            for first, last in blocks:
                if first < done:
                    continue
                if asks_openly(text[first:last]):
                    done = whole(text, (first, last))[1]
                stop = _asking(text, (first, last))[0] if asks_openly(text[first:last]) else last
                if stop > first:
                    filled.append((first, stop))
    return filled


def _asking(text: str, block: Span) -> Span:
    """The part of an asking paragraph that asks: all of it, or its last line alone after the lines of an answer."""
    line = text.rfind("\n", *block) + 1
    if line > block[0] and line - block[0] > 200 and asks_openly(text[line : block[1]]):
        return line, block[1]
    return block


def _around(text: str, taken: Sequence[Span]) -> list[Span]:
    """The paragraphs before, between and after the pairs; of long texts only those next to them."""
    gaps = [(max(0, taken[0][0] - 3000), taken[0][0])]
    gaps += [(before[1], min(after[0], before[1] + 3000)) for before, after in pairwise(taken)]
    gaps.append((taken[-1][1], min(len(text), taken[-1][1] + 4000)))
    return [block for start, end in gaps if end - start > 3 for block in paragraphs(text, start, end)]


def _tail(text: str, pair: Pair) -> tuple[list[Span], bool]:
    """The end of a last response that may be the question instead, and whether it surely asks."""
    blocks = paragraphs(text, pair.response_start, pair.end)
    if len(blocks) < 2:
        line = _last_line(text, pair)
        return line, bool(line)
    form = False
    for at in range(len(blocks) - 1, max(0, len(blocks) - 8), -1):
        block = text[slice(*blocks[at])]
        form = form or block.rstrip().endswith(":")
        if asks_openly(block) and (at == len(blocks) - 1 or form):
            first = at
            while first > 1 and asks_openly(text[slice(*blocks[first - 1])]):
                first -= 1
            return [(_asking(text, blocks[first])[0], blocks[-1][1])], True
    return ([] if words.is_answer(text[slice(*blocks[-1])]) else [blocks[-1]]), False


def _last_line(text: str, pair: Pair) -> list[Span]:
    """The last line of a response if it asks."""
    line = text.rfind("\n", pair.response_start, pair.end) + 1
    if line > pair.response_start and text[pair.response_start : line].strip() and asks_openly(text[line : pair.end]):
        return [(line, pair.end)]
    return []


def _inner(text: str, pairs: Sequence[Pair]) -> list[Span]:
    """Last paragraphs of responses in the midst that ask something, as only a person does."""
    found = []
    for pair in pairs:
        if pair.closed:
            continue
        blocks = paragraphs(text, pair.response_start, pair.end)
        if len(blocks) > 1:
            form = False
            for at in range(len(blocks) - 1, max(0, len(blocks) - 8), -1):
                block = text[slice(*blocks[at])]
                form = form or block.rstrip().endswith(":")
                if asks_openly(block) and (at == len(blocks) - 1 or form):
                    found.append((_asking(text, blocks[at])[0], blocks[-1][1]))
                    break
    return found


def _usual_end(text: str, pair: Pair, usual: float) -> int:
    """Where a response ends that would be far longer than the others."""
    blocks = paragraphs(text, pair.response_start, pair.end)
    if len(blocks) < 2:
        return pair.end
    return next(
        (end for _, end in blocks if end - pair.response_start >= min(usual, 3000)),
        blocks[-1][1],
    )


def without(spans: Sequence[tuple[int, int, int]], kept: Sequence[Span]) -> tuple[tuple[int, int, int], ...]:
    """The spans less the places that are kept; the count stays with the first piece. Both are read in order."""
    rest: list[tuple[int, int, int]] = []
    places = sorted(kept)
    first = 0
    for start, end, number in spans:
        at, count = start, number
        while first < len(places) and places[first][1] <= start:
            first += 1
        index = first
        while index < len(places) and places[index][0] < end:
            if places[index][0] > at:
                rest.append((at, places[index][0], max(1, count)))
                count = 0
            at = max(at, places[index][1])
            index += 1
        if at < end:
            rest.append((at, end, max(1, count)))
    return tuple(rest)


def captions(text: str, taken: Sequence[Span]) -> frozenset[str]:
    """What stands between pairs again and again, numbers aside: captions and separators that belong to them."""
    gaps = Counter(
        _DIGITS.sub("", text[before[1] : after[0]]).strip()
        for before, after in pairwise(taken)
        if 0 < after[0] - before[1] <= 120
    )
    return frozenset(gap for gap, times in gaps.items() if times > 1 or words.count(gap) < 2)


def between(gap: str, known: frozenset[str]) -> bool:
    """Whether only separators, numbers and captions stand between two pairs."""
    gap = _DIGITS.sub("", gap).strip()
    return gap in known or words.count(gap) < 2
