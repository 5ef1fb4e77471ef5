"""Our own examples: for a passage of the development data, claims and questions of every kind, alike in style.

`written.jsonl.xz` holds for each passage its key (the start of the SHA-256 of its text with single spaces) and what was
written about it; the passages themselves stay in the data. Words between [[ and ]] are those that the passage does not
give. Ours, under the project's licence.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.training.grounding.examples import Example, Target, views

FILE = Path(__file__).with_name("written.jsonl.xz")
KEY = 16
"""Characters of a key."""

CLAIMS: Mapping[str, Target] = {
    "supported": "supported",
    "contradicted": "contradicted",
    "unsupported": "unsupported",
    "partial": "unsupported",
}
QUESTIONS: Mapping[str, Target] = {"answered": "answers", "near_miss": "silent"}
WEIGHT = 1.5
"""They teach more than what was gathered by rule."""

_MARK = re.compile(r"\[\[|\]\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A passage with what was written about it."""

    text: str
    place: str
    """Where it stands: title and headings; may be empty."""
    source: str
    """File or data set that it comes from."""
    about: Mapping[str, Sequence[str]]
    """Kind → claims or questions."""

    @property
    def group(self) -> str:
        """The file or article that it is from; a passage of a file with many is a group of its own."""
        return self.source if " " in self.source else key_of(self.text)


def key_of(text: str) -> str:
    """How `written.jsonl.xz` names a passage."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:KEY]


def load(passages: Iterable[tuple[str, str, str]], file: Path = FILE) -> list[Written]:
    """What was written, joined with the passages (text, place, source) that it was written about."""
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        about = {row.pop("key"): row for row in map(json.loads, lines)}
    found: dict[str, Written] = {}
    for text, place, source in passages:
        key = key_of(text)
        if key in about and key not in found:
            found[key] = Written(text=text, place=place, source=source, about=about[key])
    return list(found.values())


def marked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The claim without its marks, and the spans that were between them."""
    parts, spans, at, opened = [], [], 0, -1
    plain = 0
    for match in _MARK.finditer(text):
        parts.append(text[at : match.start()])
        plain += match.start() - at
        at = match.end()
        if match.group() == "[[":
            opened = plain
        elif opened >= 0:
            spans.append((opened, plain))
            opened = -1
    parts.append(text[at:])
    return "".join(parts), tuple(span for span in spans if span[0] < span[1])


def examples(written: Sequence[Written], rng: random.Random) -> Iterator[Example]:
    """Every claim and question with its passage; half the time with the passage's place, which alone is no proof."""
    for index, each in enumerate(written):
        group = each.group
        near = [
            other for other in written[max(0, index - 3) : index + 4] if other.source == each.source and other != each
        ]
        for kind, target in (*CLAIMS.items(), *QUESTIONS.items()):
            for text in each.about.get(kind, ()):
                claim, wrong = marked(text)
                text_ = (
                    f"{each.place}\n{each.text}"
                    if each.place and (kind in QUESTIONS or rng.random() < 0.5)
                    else each.text
                )
                spans = wrong if kind in CLAIMS and (wrong or target == "supported") else None
                for evidence, what in views(claim, [text_], target, rng, most=1):
                    yield Example(
                        text=claim,
                        evidence=evidence,
                        target=what,
                        source="written",
                        group=group,
                        wrong=spans,
                        weight=WEIGHT,
                    )
        yield from _elsewhere(each, near, group, rng)


def _elsewhere(each: Written, near: Sequence[Written], group: str, rng: random.Random) -> Iterator[Example]:
    """What the passage supports or answers, with another passage of the same source."""
    if not near:
        return
    for kind, target in (("supported", "unsupported"), ("answered", "silent")):
        if about := each.about.get(kind, ()):
            text, other = rng.choice(about), rng.choice(near)
            for evidence, what in views(text, [other.text], target, rng, most=1):  # type: ignore[arg-type]  # of Target
                yield Example(text=text, evidence=evidence, target=what, source="written", group=group, weight=0.5)
