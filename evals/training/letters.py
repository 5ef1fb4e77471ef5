"""Harmless e-mails, notices and answers in forums, made up: they ask their reader for things that belong there."""

from __future__ import annotations

import random

from evals.training.attacks import TEMPLATES


def letter(rng: random.Random) -> str:
    """An e-mail or a notice."""
    parts = TEMPLATES["letter"]
    lines = [rng.choice(parts["openings"]), *rng.sample(parts["letter"], rng.randint(2, 9))]
    text = rng.choice(("\n", " ", "\n\n", "")).join(lines)
    for slot, values in (("{name}", "names"), ("{subject}", "subjects"), ("{shop}", "shops")):
        text = text.replace(slot, rng.choice(parts[values]))
    return text


def answer(rng: random.Random) -> str:
    """An answer in a forum of programmers, with code where it announces some."""
    lines = []
    for sentence in rng.sample(TEMPLATES["forum"]["sentences"], rng.randint(1, 5)):
        lines.append(sentence)
        if sentence.endswith(":") or rng.random() < 0.2:
            lines.append(f"```\n{rng.choice(TEMPLATES['forum']['code'])}\n```")
    return "\n".join(lines)
