"""Passages of real documents, by kind, as people paste them and as retrieval finds them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from evals.attacks import data

PDFS = (
    "documents/medical/fda_labels/fda_acetaminophen_highlights_2025.pdf",
    "documents/medical/fda_labels/fda_ibuprofen_label_2024.pdf",
    "documents/medical/fda_labels/fda_warfarin_label_2025.pdf",
    "documents/engineering/nasa_standards/nasa-std-5020.pdf",
)
"""Read for their first pages: boxed warnings, tables of contents, broken lines."""

PAGES = 5
"""Pages read of each PDF."""

_TAG = re.compile(r"<[^<>]{0,500}>")


@cache
def passages(root: Path) -> dict[str, tuple[str, ...]]:
    """Kind of document → its paragraphs, sections or pages, each of 200 characters or more, in order."""
    return {
        "textbook": tuple(_markdown(root / "documents/medical/openstax_anatomy/contents", 24)),
        "guideline": tuple(_markdown(root / "documents/engineering/nist_sp800_63_3", 40)),
        "statute": tuple(_statute(root)),
        "contract": tuple(text for _, text in data.clauses(root)),
        "encyclopedia": tuple(pair.response for page in data.encyclopedia(root) for pair in page),
        "abstract": tuple(text for text, _ in data.abstracts(root)),
        "regulation": tuple(_regulation(root)),
        "pdf": tuple(_pdf_pages(root)),
    }


def stretch(paragraphs: tuple[str, ...], length: int, rng: Random) -> str:
    """Neighbouring paragraphs of about `length` characters together, cut at the end of one; at least one."""
    start = rng.randrange(len(paragraphs))
    taken: list[str] = []
    size = 0
    for offset in range(len(paragraphs)):
        paragraph = paragraphs[(start + offset) % len(paragraphs)]
        if taken and size + len(paragraph) > length:
            break
        taken.append(paragraph)
        size += len(paragraph)
    return "\n\n".join(taken)


def _markdown(folder: Path, files: int) -> Iterator[str]:
    chosen = sorted(path for path in folder.rglob("*.md") if path.stat().st_size > 4000)[:files]
    for path in chosen:
        plain = _TAG.sub("", path.read_text(encoding="utf-8", errors="replace"))
        yield from _long(plain.split("\n\n"))


def _statute(root: Path) -> Iterator[str]:
    tree = json.loads((root / "documents/legal/gdpr_articles.json").read_text(encoding="utf-8"))
    yield from _long(_texts(tree))
    act = (root / "documents/legal/EU_AI_Act_2024.md").read_text(encoding="utf-8")
    yield from _long(act.split("\n\n")[:600])


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"text", "about"} and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)


def _regulation(root: Path) -> Iterator[str]:
    lines = (root / "questions/obliqa/passages.jsonl").read_text(encoding="utf-8").strip().split("\n")
    yield from _long(json.loads(line)["text"] for line in lines[::7])


def _pdf_pages(root: Path) -> Iterator[str]:
    from pypdf import PdfReader

    for name in PDFS:
        for page in PdfReader(root / name).pages[:PAGES]:
            yield from _long([page.extract_text()])


def _long(texts: Any) -> Iterator[str]:
    for each in texts:
        text = each.strip()
        if len(text) >= 200:
            yield text[:6000]
