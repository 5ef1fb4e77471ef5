"""The question: what is left of a redacted text once the marks and the labels of a template are off it."""

from __future__ import annotations

import re

from guards.integrity.labels import find_markers
from guards.integrity.normal import normalise

_MARK = re.compile(r"\[removed: [^\[\]\n]{1,100}\]")


def the_question(text: str) -> str:
    """A redacted text without its marks, and without the labels around a question that waits for an answer.

    The words of the question itself are returned as they stand.
    """
    left = _MARK.sub("", text).strip()
    view = normalise(left)
    markers = [marker for marker in find_markers(view.text) if marker.role in ("prompt", "response")]
    if not markers or len(markers) > 2 or markers[0].role != "prompt":
        return left
    if len(markers) == 1:
        start, end = view.place(markers[0].start, markers[0].end)
        return (left[:start] + left[end:]).strip() if not left[:start].strip() and left[end:].strip() else left
    first, last = markers
    if last.role != "response" or view.text[last.end :].strip():
        return left
    start, _ = view.place(first.start, first.end)
    _, begin = view.place(first.start, first.end)
    stop, _ = view.place(last.start, last.end)
    inside = left[begin:stop].strip()
    return " ".join(part for part in (left[:start].strip(), inside) if part) if inside else left
