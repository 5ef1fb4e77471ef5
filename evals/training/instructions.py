"""Trains the model behind `guards.integrity.instructions` and measures it.

    python -m evals.training.instructions --data ../shared/data               trains, writes the weights, measures them
    python -m evals.training.instructions --data ../shared/data --measure     measures what ships, and the rules alone
    python -m evals.training.instructions --data ../shared/data --left-out    trains without kinds, tests on them

Numpy alone, seeded, some minutes on one core. A fifth of the documents is never trained on; they set the threshold and
are measured. With --left-out the benchmark's categories are parted into groups; for each, a model is trained without
the group's own attacks and without those of ours that are of the same kind.
"""

from __future__ import annotations

import argparse
import random
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant import quiet
from evals.training.attacks import BENCHMARK_KINDS, Attack, benchmark, made, requests
from evals.training.found import Found, found_in, print_clean, print_found, print_shares, print_unseen
from evals.training.letters import answer, letter
from evals.training.overrides import documents, overrides
from evals.training.passages import NOT_TRAINED_ON, Clean, Poisoned, clean_passages, held_out, hide
from guards.integrity.requests import BITS, CONTEXT, MODEL, RequestModel, Shape, forms, in_place, network, shapes
from guards.integrity.units import Lexicon, Unit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Ints = npt.NDArray[np.int64]

HIDDEN = 24
FOLDS = 4
MOST_OF_FAMILY = 2500
"""Passages of one family of documents that are trained on: the large ones should not drown the others."""

FLAGGED = 0.007
"""Share of unseen clean passages that the threshold lets be flagged."""

GROUPS = 3
"""Parts into which the benchmark's categories are left out."""

SEED = 11
"""Of everything that is drawn by lot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a model is trained on."""

    clean: tuple[Clean, ...]
    attacks: tuple[Attack, ...]


def letters(count: int) -> list[Clean]:
    """Harmless e-mails and forum answers of our own making."""
    rng = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    found = []
    for number in range(count):
        found.append(Clean(text=letter(rng), family="made_letters", document=f"letter-{number}"))
        found.append(Clean(text=answer(rng), family="made_answers", document=f"answer-{number}"))
    return found


def kind_of(attack: Attack) -> str:
    """The kind that is left out together: the benchmark's categories count as ours."""
    if attack.source == "bipia":
        return BENCHMARK_KINDS.get(attack.kind, "code")
    return attack.kind


def fold_of(item: Clean | Attack) -> int:
    """One of the parts in which the second step's material is judged: by document, by kind.

    Requests for code are one kind and would all fall into one part; they are parted by their words.
    """
    if isinstance(item, Clean):
        name = item.document
    else:
        name = item.text.split("```")[0] if kind_of(item) == "code" else kind_of(item)
    return zlib.crc32(name.encode()) % FOLDS


def train(material: Material, tell: Callable[[str], None]) -> dict[str, Any]:
    """Both steps. The second learns from what the first says of kinds and documents that it has not seen."""
    rng = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    lexicon = Lexicon()
    shaped = [(each, shape) for each in material.clean for shape in shapes(each.text, lexicon)]
    tell(
        f"{len(material.clean)} passages with {sum(len(s.units) for _, s in shaped)} pieces, "
        f"{len(material.attacks)} attacks"
    )
    features, labels = [], []
    for fold in range(FOLDS):
        seen = [shape for each, shape in shaped if fold_of(each) != fold]
        known = [each for each in material.attacks if fold_of(each) != fold]
        weights, bias = fit_forms(seen, _alone(known, lexicon), steps=140)
        hosts = [each for each in material.clean if fold_of(each) == fold]
        others = [each for each in material.attacks if fold_of(each) == fold]
        for shape in (shape for each, shape in shaped if fold_of(each) == fold):
            features.append(in_place(shape, forms(shape, weights, bias)))
            labels.append(np.zeros(len(shape.units), dtype=np.float32))
        for poisoned in _poisoned(rng, others, hosts):
            for shape in shapes(poisoned.text, lexicon):
                label = np.array([_within(unit, poisoned) for unit in shape.units], dtype=np.float32)
                form = forms(shape, weights, bias)
                kept = np.array([not unit.code for unit in shape.units])
                features.append(in_place(shape, form)[kept])
                labels.append(label[kept])
        tell(f"part {fold + 1} of {FOLDS} done")
    weights, bias = fit_forms([s for _, s in shaped], _alone(material.attacks, lexicon), steps=140)
    return {"form": weights, "bias": bias, **fit_network(np.concatenate(features), np.concatenate(labels))}


def _poisoned(rng: random.Random, attacks: Sequence[Attack], hosts: Sequence[Clean]) -> list[Poisoned]:
    """Each attack in passages, the benchmark's own more often; its three sorts of context come as often as ours."""
    sorts = {
        name: [host for host in hosts if host.family == name] for name in ("bipia_email", "bipia_table", "bipia_code")
    }
    found = []
    for attack in attacks:
        for _ in range(8 if attack.source == "bipia" else 2):
            sort = "bipia_code" if "```" in attack.text and rng.random() < 0.8 else rng.choice((*sorts, "", "", ""))
            found.append(hide(rng, attack, rng.choice(sorts.get(sort) or hosts)))
    return found


def _within(unit: Unit, poisoned: Poisoned) -> bool:
    middle = (unit.start + unit.end) / 2
    return poisoned.start <= middle < poisoned.end


def _alone(attacks: Sequence[Attack], lexicon: Lexicon) -> list[tuple[Shape, float]]:
    """The attacks' own text with a weight each: kinds count alike, whatever their number."""
    counts: dict[str, int] = {}
    for each in attacks:
        key = f"{each.source}/{kind_of(each)}"
        counts[key] = counts.get(key, 0) + 1
    weighted = []
    for each in attacks:
        weight = {"bipia": 2.0, "made": 1.0, "overrides": 0.5}.get(each.source, 3.0) / counts[
            f"{each.source}/{kind_of(each)}"
        ]
        weighted += [(shape, weight) for shape in shapes(each.text, lexicon)]
    return weighted


def fit_forms(
    clean: Sequence[Shape], attacks: Sequence[tuple[Shape, float]], *, steps: int, decay: float = 2e-6
) -> tuple[Floats, float]:
    """Logistic regression over the n-grams, whole-batch Adam; requests weigh a fifth of all together."""
    grams, owners, lengths, label, weight, first = [], [], [], [], [], 0
    for shape, each in [*((shape, 0.0) for shape in clean), *attacks]:
        grams.append(shape.grams)
        owners.append(shape.owners + first)
        lengths.append(shape.lengths)
        first += len(shape.units)
        label.append(np.full(len(shape.units), 1.0 if each else 0.0))
        weight.append(np.full(len(shape.units), each or 1.0))
    gram, owner = np.concatenate(grams), np.concatenate(owners)
    scale = 1.0 / np.sqrt(np.concatenate(lengths) + 3.0)
    target, weigh = np.concatenate(label), np.concatenate(weight)
    for value, share in ((0.0, 0.8), (1.0, 0.2)):
        weigh[target == value] *= share / weigh[target == value].sum()
    values, bias = np.zeros(1 << BITS), 0.0
    first_moment, second_moment = np.zeros(len(values) + 1), np.zeros(len(values) + 1)
    for step in range(1, steps + 1):
        logits = bias + scale * np.bincount(owner, weights=values[gram], minlength=first)
        slope = weigh * (1 / (1 + np.exp(-np.clip(logits, -30, 30))) - target)
        change = np.append(np.bincount(gram, weights=(slope * scale)[owner], minlength=len(values)), slope.sum())
        change[:-1] += decay * values
        first_moment += 0.1 * (change - first_moment)
        second_moment += 0.01 * (change**2 - second_moment)
        rate = 0.25 * (1 - step / (steps + 1))
        move = rate * (first_moment / (1 - 0.9**step)) / (np.sqrt(second_moment / (1 - 0.99**step)) + 1e-8)
        values, bias = values - move[:-1], bias - move[-1]
    return values.astype(np.float32), float(bias)


def fit_network(features: Floats, labels: Floats, *, epochs: int = 40, batch: int = 2048) -> dict[str, Any]:
    """One hidden layer, Adam in batches, binary cross-entropy; instructions weigh a quarter of all together."""
    rng = np.random.default_rng(SEED)
    weights: dict[str, Any] = {
        "w1": rng.normal(0, 1 / np.sqrt(CONTEXT), (CONTEXT, HIDDEN)).astype(np.float32),
        "b1": np.zeros(HIDDEN, dtype=np.float32),
        "w2": rng.normal(0, 1 / np.sqrt(HIDDEN), HIDDEN).astype(np.float32),
        "b2": np.zeros((), dtype=np.float32),
    }
    moments = {name: (np.zeros_like(value), np.zeros_like(value)) for name, value in weights.items()}
    positive = 0.25 * (1 - labels.mean()) / max(1e-6, 0.75 * labels.mean())
    weigh = np.where(labels > 0, positive, 1.0).astype(np.float32)
    total, step = epochs * (len(labels) // batch + 1), 0
    for _ in range(epochs):
        order = rng.permutation(len(labels))
        for at in range(0, len(order), batch):
            step += 1
            some = order[at : at + batch]
            x = features[some]
            hidden = np.maximum(x @ weights["w1"] + weights["b1"], 0)
            slope = weigh[some] * (network(x, weights) - labels[some]) / len(some)
            back = np.outer(slope, weights["w2"]) * (hidden > 0)
            changes = {"w1": x.T @ back, "b1": back.sum(0), "w2": hidden.T @ slope, "b2": slope.sum()}
            for name, change in changes.items():
                one, two = moments[name]
                one += 0.1 * (change - one)
                two += 0.001 * (change**2 - two)
                rate = 0.01 * (1 - step / (total + 1))
                shrunk = weights[name] * (1 - rate * 0.02)
                weights[name] = shrunk - rate * (one / (1 - 0.9**step)) / (np.sqrt(two / (1 - 0.999**step)) + 1e-8)
    return weights


def chosen(passages: Sequence[Clean]) -> tuple[Clean, ...]:
    """The passages to train on: of documents that are not held out, so many of a family, and letters of ours."""
    rng = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    families: dict[str, list[Clean]] = {}
    for each in passages:
        if each.family not in NOT_TRAINED_ON and not held_out(each.document):
            families.setdefault(each.family, []).append(each)
    found = [each for some in families.values() for each in rng.sample(some, min(len(some), MOST_OF_FAMILY))]
    return (*found, *letters(400), *documents(rng, 160))


def threshold(weights: dict[str, Any], passages: Sequence[Clean]) -> float:
    """The score that so small a share of these clean passages reaches."""
    model = RequestModel(_weights=weights)
    best = sorted(
        (max((score for _, score in model.scores(each.text)), default=0.0) for each in passages), reverse=True
    )
    return float(best[int(FLAGGED * len(best))])


def main() -> int:
    """Train, write, measure."""
    parser = argparse.ArgumentParser(prog="python -m evals.training.instructions", description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the development data")
    parser.add_argument("--out", type=Path, default=MODEL, help="where the weights go")
    parser.add_argument("--measure", action="store_true", help="measure the weights there; train nothing")
    parser.add_argument("--left-out", action="store_true", help="train without each group of kinds; write nothing")
    options = parser.parse_args()
    quiet.silence()
    if not options.data.is_dir():
        print(f"no development data at {options.data}; name it with --data", file=sys.stderr)
        return 2
    passages = clean_passages(options.data)
    unseen = [each for each in passages if held_out(each.document) or each.family in NOT_TRAINED_ON]
    rng = random.Random(SEED)  # noqa: S311 - sampling, not secrets
    attacks = [*benchmark(options.data), *made(rng, 120), *requests(options.data), *overrides(rng, 80)]
    if options.left_out:
        left_out(chosen(passages), attacks, unseen)
        return 0
    if not options.measure:
        weights = finished(Material(clean=chosen(passages), attacks=tuple(attacks)), unseen)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(options.out, **packed(weights))
    print_clean(RequestModel(file=options.out), unseen)
    print_found(RequestModel(file=options.out), benchmark(options.data), unseen)
    print_unseen(RequestModel(file=options.out), unseen)
    return 0


def finished(material: Material, unseen: Sequence[Clean]) -> dict[str, Any]:
    """Trained weights with their threshold."""
    weights = train(material, lambda line: print(line, file=sys.stderr))
    return {**weights, "threshold": np.float32(threshold(weights, unseen))}


def packed(weights: dict[str, Any]) -> dict[str, Any]:
    """The weights as they are stored: those of the n-grams as whole numbers of a byte."""
    scale = np.abs(weights["form"]).max() / 127
    return {**weights, "form": np.round(weights["form"] / scale).astype(np.int8), "scale": np.float32(scale)}


def left_out(clean: tuple[Clean, ...], attacks: Sequence[Attack], unseen: Sequence[Clean]) -> None:
    """For each group of the benchmark's categories: trained without them and what is like them, tested on them."""
    kinds = sorted({each.kind for each in attacks if each.source == "bipia"})
    total: list[Found] = []
    for group in range(GROUPS):
        out = set(kinds[group::GROUPS])
        ours = {BENCHMARK_KINDS.get(kind, "") for kind in out}
        kept = [each for each in attacks if each.kind not in (out if each.source == "bipia" else ours)]
        model = RequestModel(_weights=finished(Material(clean=clean, attacks=tuple(kept)), unseen))
        some = found_in([each for each in attacks if each.source == "bipia" and each.kind in out], unseen, model)
        print(f"without {', '.join(sorted(out))}", flush=True)
        print_shares(some)
        print_clean(model, unseen)
        total += some
    print("all groups together")
    print_shares(total)


if __name__ == "__main__":
    sys.exit(main())
