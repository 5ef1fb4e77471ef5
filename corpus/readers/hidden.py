"""Text that a PDF holds and a person does not see on its pages, told from the drawing instructions.

Nothing here judges what such a text says. Much of it is innocent: the text layer under a scan, a menu that opens on a
click, a keyword. Whoever takes a document in may look at it with other eyes than at the text on the page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from corpus.types import HiddenText

TINY = 2.0
"""Points; smaller letters cannot be read."""

SAME = 0.08
"""Two colours whose channels (0 to 1) differ by no more look alike."""

MOST_FILLS = 64
"""Coloured areas and pictures of a page that are kept; text on later ones counts as if on paper."""

SMALLEST_FILL = 6.0
"""Points; thinner areas are rules and frames."""

NEAR = 24.0
"""Points between letters that are taken to stand on the same background."""

OUTSIDE = 12.0
"""Points beyond the page's edge from which text is off it."""

INVISIBLE = "drawn invisibly"
SAME_COLOUR = "in the colour of its background"
SMALL = "too small to read"
OFF_PAGE = "outside the page"

Colour = tuple[float, ...]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_WHITE, _BLACK = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
_SHOWS = frozenset((b"Tj", b"TJ", b"'", b'"'))
_FILLS = frozenset((b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"))
_PATHS = frozenset((b"m", b"l", b"c", b"v", b"y", b"re"))
_DROPS = frozenset((b"n", b"S", b"s"))
_COLOURS = frozenset((b"g", b"rg", b"k", b"cs", b"sc", b"scn"))
_WATCHED = _SHOWS | _FILLS | _PATHS | _DROPS | _COLOURS | {b"q", b"Q", b"Tr", b"Tf", b"gs", b"Do"}


@dataclass(slots=True)
class _State:
    """What of the graphics state decides whether text can be seen."""

    colour: Colour | None = _BLACK
    """Red, green, blue; None where it cannot be told."""
    space: str = "/DeviceGray"
    mode: int = 0
    alpha: float = 1.0
    size: float = 0.0


@dataclass(slots=True)
class PageWatch:
    """Follows the drawing of one page and notes the text that cannot be seen."""

    box: tuple[float, float, float, float]
    """Left, bottom, right, top of what is shown of the page."""
    resources: Any = field(default_factory=dict)
    _state: _State = field(default_factory=_State)
    _stack: list[_State] = field(default_factory=list)
    _base: Matrix = IDENTITY
    """Where the form that is being drawn lies on the page; pypdf begins each form anew."""
    _forms: list[tuple[Matrix, Any, _State, list[_State]]] = field(default_factory=list)
    _path: list[tuple[float, float]] = field(default_factory=list)
    _fills: list[tuple[float, float, float, float, Colour | None]] = field(default_factory=list)
    _pictures: list[tuple[float, float, float, float]] = field(default_factory=list)
    _last: tuple[float, float, Colour | None, int, bool] = (0.0, 0.0, None, 0, False)
    _pending: list[tuple[str, float, float]] = field(default_factory=list)
    _found: list[tuple[str, float, float, str]] = field(default_factory=list)

    def operator(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """To be called before each drawing instruction; damaged ones are passed over."""
        if operator not in _WATCHED:
            return
        try:
            if operator in _SHOWS:
                self._show(cm, tm)
            else:
                self._follow(operator, operands, cm)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError):
            return

    def after(self, operator: bytes, operands: Any, cm: Any, tm: Any) -> None:
        """To be called after each drawing instruction: a form, if it was one, has been drawn."""
        if operator == b"Do" and self._forms:
            self._base, self.resources, self._state, self._stack = self._forms.pop()

    def text(self, text: str) -> None:
        """To be called with each stretch of text that has been drawn since the last call."""
        if self._pending:
            how, x, y = self._pending[0]
            if text.strip():
                self._found.append((how, x, y, text))
            self._pending.clear()

    def hidden(self, number: int) -> list[HiddenText]:
        """What of page `number` cannot be seen, by how; invisible text over a picture is its text layer."""
        by_how: dict[str, list[str]] = {}
        for how, x, y, text in self._found:
            if how != INVISIBLE or not any(_inside(x, y, box) for box in self._pictures):
                by_how.setdefault(how, []).append(text)
        return [HiddenText(text=" ".join(texts), page=number, how=how) for how, texts in by_how.items()]

    def _follow(self, operator: bytes, operands: Any, cm: Any) -> None:
        if operator in _PATHS:
            self._extend(operator, operands, cm)
        elif operator in _FILLS:
            self._fill()
        elif operator in _DROPS:
            self._path.clear()
        elif operator == b"q":
            if len(self._stack) < 1000:
                self._stack.append(_copy(self._state))
        elif operator == b"Q":
            self._state = self._stack.pop() if self._stack else _State()
        elif operator == b"Tr":
            self._state.mode = int(operands[0])
        elif operator == b"Tf":
            self._state.size = abs(float(operands[1]))
        elif operator == b"gs":
            self._state.alpha = float(self._resource("/ExtGState", operands[0]).get("/ca", 1.0))
        elif operator == b"Do":
            self._enter(operands, cm)
        else:
            self._paint(operator, operands)

    def _paint(self, operator: bytes, operands: Any) -> None:
        """Colour of what is filled: letters are."""
        if operator == b"cs":
            self._state.space, self._state.colour = str(operands[0]), _BLACK
        elif operator in (b"g", b"rg", b"k"):
            self._state.colour = _rgb([float(each) for each in operands])
        elif operator in (b"sc", b"scn"):
            plain = [float(each) for each in operands if isinstance(each, int | float)]
            known = len(plain) == len(operands) and (len(plain) > 1 or self._is_grey())
            self._state.colour = _rgb(plain) if known else None

    def _is_grey(self) -> bool:
        if self._state.space in ("/DeviceGray", "/CalGray", "/G"):
            return True
        space = self._resource("/ColorSpace", self._state.space)
        return str(space[0]) in ("/CalGray",) or (str(space[0]) == "/ICCBased" and space[1].get_object()["/N"] == 1)

    def _resource(self, kind: str, name: Any) -> Any:
        return self.resources[kind].get_object()[name].get_object()

    def _show(self, cm: Any, tm: Any) -> None:
        x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if self._forms:
            x, y = _placed(x, y, self._base)
        state = self._state
        left, bottom, right, top = self.box
        if state.mode in (3, 7) or state.alpha < 0.05:
            self._pending.append((INVISIBLE, x, y))
        elif 0 < state.size * _scale(cm, tm) * _scale(self._base, IDENTITY) < TINY:
            self._pending.append((SMALL, x, y))
        elif x > right + OUTSIDE or y > top + OUTSIDE or y < bottom - OUTSIDE or x < left - 4 * OUTSIDE:
            self._pending.append((OFF_PAGE, x, y))
        elif (self._fills or state.colour != _BLACK) and self._blends(x, y):
            self._pending.append((SAME_COLOUR, x, y))

    def _blends(self, x: float, y: float) -> bool:
        """Whether the letters have the colour of what lies under them."""
        colour = self._state.colour
        if colour is None:
            return False
        # Many files draw letter by letter: what held for the last one holds for its neighbour.
        last_x, last_y, last_colour, fills, blends = self._last
        if y == last_y and 0 <= x - last_x < NEAR and colour == last_colour and fills == len(self._fills):
            return blends
        blends = self._compare(x, y, colour)
        self._last = (x, y, colour, len(self._fills), blends)
        return blends

    def _compare(self, x: float, y: float, colour: Colour) -> bool:
        if any(_inside(x, y + 1, box) for box in self._pictures):
            return False
        under = next((fill[4] for fill in reversed(self._fills) if _inside(x, y + 1, fill[:4])), _WHITE)
        return under is not None and all(abs(a - b) <= SAME for a, b in zip(colour, under, strict=True))

    def _extend(self, operator: bytes, operands: Any, cm: Any) -> None:
        if len(self._path) > 400:  # a drawing, not a background
            return
        numbers = [float(each) for each in operands]
        if operator == b"re":
            x, y, width, height = numbers
            corners = [(x, y), (x + width, y + height)]
        else:
            corners = [(numbers[-2], numbers[-1])]
        self._path += [_placed(*_placed(*corner, cm), self._base) for corner in corners]

    def _fill(self) -> None:
        if self._path and len(self._fills) < MOST_FILLS:
            box = _box(self._path)
            if min(box[2] - box[0], box[3] - box[1]) >= SMALLEST_FILL:
                self._fills.append((*box, self._state.colour if self._state.alpha > 0.5 else None))
        self._path.clear()

    def _enter(self, operands: Any, cm: Any) -> None:
        """A picture, or a form: drawing instructions of its own, with their own names and place."""
        self._forms.append((self._base, self.resources, _copy(self._state), self._stack))
        drawn = self._resource("/XObject", operands[0])
        if drawn.get("/Subtype") == "/Image":
            if len(self._pictures) < MOST_FILLS:
                corners = [_placed(x, y, cm) for x in (0, 1) for y in (0, 1)]
                self._pictures.append(_box([_placed(*corner, self._base) for corner in corners]))
            return
        own = tuple(float(each) for each in drawn.get("/Matrix", IDENTITY))
        self._base, self._stack = _times(_times(own, cm), self._base), []
        self.resources = drawn["/Resources"].get_object() if "/Resources" in drawn else self.resources


def _times(first: Any, then: Any) -> Matrix:
    """One placement after another."""
    a, b, c, d, e, f = first
    return (
        a * then[0] + b * then[2],
        a * then[1] + b * then[3],
        c * then[0] + d * then[2],
        c * then[1] + d * then[3],
        *_placed(e, f, then),
    )


def _copy(state: _State) -> _State:
    return _State(state.colour, state.space, state.mode, state.alpha, state.size)


def _scale(cm: Any, tm: Any) -> float:
    """How much the letters' height grows on its way to the page."""
    c, d = tm[2] * cm[0] + tm[3] * cm[2], tm[2] * cm[1] + tm[3] * cm[3]
    return math.hypot(c, d)


def _placed(x: float, y: float, cm: Any) -> tuple[float, float]:
    return x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]


def _box(points: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _inside(x: float, y: float, box: Any) -> bool:
    return bool(box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2)


def _rgb(values: list[float]) -> Colour | None:
    if len(values) == 1:
        return (values[0],) * 3
    if len(values) == 3:
        return tuple(values)
    if len(values) == 4:
        return tuple((1 - each) * (1 - values[3]) for each in values[:3])
    return None
