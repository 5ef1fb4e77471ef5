"""How many hidden instructions are found, and how many clean passages are flagged: by rules, by the model, by both."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.training.attacks import Attack
from evals.training.overrides import documents, overrides
from evals.training.passages import Clean, Poisoned, hide
from guards.integrity.commands import broken_rules
from guards.integrity.requests import RequestModel

SEED = 11
"""Of which passages attacks are put into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One attack in one passage, and what noticed it."""

    poisoned: Poisoned
    rules: bool
    model: bool


def found_in(attacks: Sequence[Attack], unseen: Sequence[Clean], model: RequestModel) -> list[Found]:
    """Each attack at each place in passages of unseen documents, of each sort that it is made for."""
    rng = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    sorts = {
        name: [each for each in unseen if each.family == name] for name in ("bipia_email", "bipia_table", "bipia_code")
    }
    sorts["document"] = [each for each in unseen if not each.family.startswith("bipia_")]
    found = []
    for attack in attacks:
        code = "```" in attack.text
        for sort in ("bipia_code", "document") if code else ("bipia_email", "bipia_table", "document"):
            for place in ("start", "middle", "end"):
                for _ in range(4):
                    poisoned = hide(rng, attack, rng.choice(sorts[sort]), place)
                    found.append(_found(poisoned, model))
    return found


def _found(poisoned: Poisoned, model: RequestModel) -> Found:
    scored = model.scores(poisoned.text)
    inside = [(unit, score) for unit, score in scored if unit.start < poisoned.end and unit.end > poisoned.start]
    return Found(
        poisoned=poisoned,
        rules=any(broken_rules(poisoned.text[unit.start : unit.end]) for unit, _ in inside if not unit.code),
        model=any(score >= model.threshold for _, score in inside),
    )


def print_found(model: RequestModel, attacks: Sequence[Attack], unseen: Sequence[Clean]) -> None:
    """How many of the benchmark's training attacks are found in unseen passages."""
    print_shares(found_in(attacks, unseen, model))


def print_unseen(model: RequestModel, unseen: Sequence[Clean]) -> None:
    """Of the families of overrides that are never trained on, how many are found; of such harmless texts, how many."""
    rng = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    print_shares(found_in(overrides(rng, 20, unseen=True), unseen, model))
    print_clean(model, documents(rng, 100, unseen=True))


def print_shares(found: Sequence[Found]) -> None:
    """Shares found, by category, sort of passage and place."""
    print(f"{'attacks':36} {'n':>5} {'rules':>7} {'model':>7} {'both':>7}")
    views: tuple[Callable[[Poisoned], str], ...] = (
        lambda each: each.attack.kind,
        lambda each: each.host.family if each.host.family.startswith("bipia_") else "document",
        lambda each: each.place,
        lambda _: "all",
    )
    for view in views:
        for name in sorted({view(each.poisoned) for each in found}):
            those = [each for each in found if view(each.poisoned) == name]
            shares = (sum(map(test, those)) / len(those) for test in (_by_rules, _by_model, _by_either))
            print(f"{name:36} {len(those):5} " + " ".join(f"{share:7.1%}" for share in shares))


def _by_rules(each: Found) -> bool:
    return each.rules


def _by_model(each: Found) -> bool:
    return each.model


def _by_either(each: Found) -> bool:
    return each.rules or each.model


def print_clean(model: RequestModel, unseen: Sequence[Clean]) -> None:
    """Clean passages that are flagged, by family."""
    print(f"{'clean passages of unseen documents':36} {'n':>5} {'rules':>7} {'model':>7} {'both':>7}")
    rows: dict[str, list[tuple[bool, bool]]] = {}
    for each in unseen:
        scored = model.scores(each.text)
        rules = any(broken_rules(each.text[unit.start : unit.end]) for unit, _ in scored if not unit.code)
        row = (rules, any(score >= model.threshold for _, score in scored))
        for name in (each.family, "~ all"):
            rows.setdefault(name, []).append(row)
    for name, those in sorted(rows.items()):
        one, two, both = (sum(map(test, those)) / len(those) for test in (lambda r: r[0], lambda r: r[1], any))
        print(f"{name:36} {len(those):5} {one:7.1%} {two:7.1%} {both:7.1%}")
