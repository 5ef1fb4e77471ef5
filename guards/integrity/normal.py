"""A text as a model reads it, with the way back to the original: every place in the view knows its place there.

Look-alike letters become Latin, compatibility forms plain (NFKC), invisible characters go, and what is encoded or
spelt apart is written out. Nothing here judges; a view is only what the checks read.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

Substitution = tuple[int, int, str]
"""From, to, and what stands there instead."""

_ODD = re.compile(r"[^\t\n\r\x20-\x7e]")

_LOOK_ALIKES = dict(
    zip(
        "аеорсухіјѕԁԛԝһнкмтвАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυχτκɑɡıοѵց։ո∶꞉ǃ‐‑‒–—―−⁃“”„‟«»‘’‚‛′″｜│┃∣⏐‖",
        "aeopcyxijsdqwhhkmtbABEKMHOPCTYXIJSABEZHIKMNOPTYXaivopuxtkagiovg:n::!--------\"\"\"\"\"\"''''''||||||",
        strict=True,
    )
)
"""Letters and signs that look like ASCII ones and that NFKC leaves alone."""


@dataclass(frozen=True, slots=True)
class View:
    """A text read in another way."""

    text: str
    starts: tuple[int, ...] = (0,)
    """Where each piece begins in `text`, ascending."""
    origins: tuple[tuple[int, int, bool], ...] = ((0, 0, True),)
    """For each piece: from and to in the original, and whether it runs there character by character."""

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of the view came from."""
        if end <= start:
            end = start + 1
        first = bisect_right(self.starts, start) - 1
        last = bisect_right(self.starts, end - 1) - 1
        origin, _, exact = self.origins[first]
        begin = origin + (start - self.starts[first]) if exact else origin
        origin, stop, exact = self.origins[last]
        return begin, origin + (end - self.starts[last]) if exact else stop

    def without(self, changes: Iterable[Substitution]) -> View:
        """The same view with some spans of its text, ascending and apart, written differently."""
        texts: list[str] = []
        starts: list[int] = []
        origins: list[tuple[int, int, bool]] = []
        length = done = 0

        def add(piece: str, origin: tuple[int, int, bool]) -> None:
            nonlocal length
            if piece:
                starts.append(length)
                origins.append(origin)
                texts.append(piece)
                length += len(piece)

        def copy(start: int, end: int) -> None:
            index = bisect_right(self.starts, start) - 1
            while start < end:
                stop = min(end, self.starts[index + 1] if index + 1 < len(self.starts) else end)
                begin, finish, exact = self.origins[index]
                offset = begin + (start - self.starts[index])
                add(self.text[start:stop], (offset, offset + stop - start, True) if exact else (begin, finish, False))
                start, index = stop, index + 1

        for start, end, instead in changes:
            copy(done, start)
            add(instead, (*self.place(start, end), False))
            done = end
        copy(done, len(self.text))
        return View("".join(texts), tuple(starts) or (0,), tuple(origins) or ((0, 0, True),))


@lru_cache(maxsize=65_536)
def fold(character: str) -> str:
    """One character as it reads: its Latin look-alike, its plain form, or nothing when it cannot be seen."""
    if character in _LOOK_ALIKES:
        return _LOOK_ALIKES[character]
    if 0xE0020 <= ord(character) <= 0xE007E:  # tag characters: ASCII that no font shows
        return chr(ord(character) - 0xE0000)
    category = unicodedata.category(character)
    if category in ("Cf", "Cc", "Cs") or character in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800":
        return "\n" if character in "\x85\x0b\x0c\x1c\x1d\x1e" else ""
    if category in ("Zl", "Zp"):
        return "\n"
    if category == "Zs":
        return " "
    plain = unicodedata.normalize("NFKC", character)
    if plain != character:
        plain = "".join(_LOOK_ALIKES.get(each, each) for each in plain)
    return plain if len(plain) <= 4 else character


def normalise(text: str) -> View:
    """The text with look-alikes, compatibility forms and invisible characters undone."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    view = View(text)
    if not _ODD.search(text):
        return view
    odd = {character for character in set(text) if _ODD.match(character)}
    folded = {character: fold(character) for character in odd}
    same = {ord(character): plain for character, plain in folded.items() if len(plain) == 1}
    other = "".join(re.escape(character) for character, plain in folded.items() if len(plain) != 1)
    view = View(text.translate(same))
    if not other:
        return view
    return view.without(
        (found.start(), found.end(), "".join(map(folded.__getitem__, found[0])))
        for found in re.finditer(f"[{other}]+", view.text)
    )
