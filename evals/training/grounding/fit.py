"""Training: one pass over each course, shuffled, with batches of like length. Seeded and repeatable on one machine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from evals.training.grounding.examples import Example
from evals.training.grounding.network import network, tokenizer

BATCH = 32
WARM_UP = 0.06
"""Share of the steps in which the learning rate rises."""
POOL = 64
"""Batches among which examples are sorted by length, so that little is padding."""
CLAIMS = ("supported", "contradicted", "unsupported")
STEP = 16
"""Widths of batches are multiples of so many tokens."""
MARKS = 0.5
"""What the words count beside the claims."""
MARKED = 3.0
"""A wrong word counts so many right ones: there are fewer."""

Report = Callable[[str], None]


def fit(
    courses: Sequence[Sequence[Example]],
    folder: Path,
    report: Report,
    *,
    seed: int = 0,
    rate: float = 1.2e-4,
) -> Any:
    """The network, trained on one course after the other. `folder` holds MiniLM."""
    import torch

    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - shuffling, not secrets
    words = tokenizer(folder)
    batches = [batch for course in courses for batch in _batches(course, words, rng)]
    model = network(folder)
    learnt = [each for each in model.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(
        [
            {"params": [each for each in learnt if each.ndim >= 2], "weight_decay": 0.01},
            {"params": [each for each in learnt if each.ndim < 2], "weight_decay": 0.0},
        ],
        lr=rate,
    )
    model.train()
    losses: list[float] = []
    for step, batch in enumerate(batches):
        share = step / len(batches)
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, share / WARM_UP + 0.01) * (1.0 - share)
        loss = _loss(model, words.encode_batch([(each.text, each.evidence) for each in batch]), batch)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        if step % 100 == 99:
            report(f"step {step + 1} of {len(batches)}, loss {sum(losses[-100:]) / 100:.3f}")
    return model.eval()


def _loss(model: Any, encoded: Sequence[Any], examples: Sequence[Example]) -> Any:
    import torch
    from torch.nn import functional

    inputs = tensors(encoded)
    with torch.autocast("cpu", torch.bfloat16):
        logits, marks = model(*inputs)
    logits, marks = logits.float(), marks.float()
    weight = torch.tensor([each.weight for each in examples])
    claims = torch.tensor([each.target in CLAIMS for each in examples])
    total = torch.zeros(())
    if claims.any():
        wanted = torch.tensor([CLAIMS.index(each.target) if each.target in CLAIMS else 0 for each in examples])
        each_loss = functional.cross_entropy(logits[:, :3], wanted, reduction="none", label_smoothing=0.03)
        total = total + (each_loss * weight)[claims].sum()
    if not claims.all():
        answers = torch.tensor([0.97 if each.target == "answers" else 0.03 for each in examples])
        each_loss = functional.binary_cross_entropy_with_logits(logits[:, 3], answers, reduction="none")
        total = total + (each_loss * weight)[~claims].sum()
    wrong, known = _marks(encoded, examples, marks.shape[1])
    if known.any():
        each_loss = functional.binary_cross_entropy_with_logits(
            marks, wrong, reduction="none", weight=torch.where(wrong > 0, MARKED, 1.0)
        )
        spoken = known.any(1)
        by_example = (each_loss * known).sum(1)[spoken] / known.sum(1)[spoken]
        total = total + MARKS * (by_example * weight[spoken]).sum()
    return total / len(examples)


def _marks(encoded: Sequence[Any], examples: Sequence[Example], width: int) -> tuple[Any, Any]:
    """For each token whether it is wrong, and whether that is known: of the claim's tokens alone."""
    import torch

    wrong, known = torch.zeros(len(examples), width), torch.zeros(len(examples), width, dtype=torch.bool)
    for row, (encoding, example) in enumerate(zip(encoded, examples, strict=True)):
        spans = () if example.target == "supported" else example.wrong
        if spans is None or example.target not in CLAIMS:
            continue
        for at, (sequence, (start, end)) in enumerate(zip(encoding.sequence_ids, encoding.offsets, strict=True)):
            if sequence == 0 and end > start:
                known[row, at] = True
                wrong[row, at] = float(any(start < last and first < end for first, last in spans))
    return wrong, known


def tensors(encoded: Sequence[Any]) -> tuple[Any, Any, Any]:
    """A batch as the network takes it, padded."""
    import torch

    # Few different widths: for each the library makes and keeps kernels of its own.
    width = -(-max(len(each.ids) for each in encoded) // STEP) * STEP

    def padded(rows: Iterator[Sequence[int]]) -> Any:
        return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])

    return (
        padded(each.ids for each in encoded),
        padded(each.attention_mask for each in encoded),
        padded(each.type_ids for each in encoded),
    )


def _batches(examples: Sequence[Example], words: Any, rng: random.Random) -> Iterator[list[Example]]:
    shuffled = list(examples)
    rng.shuffle(shuffled)
    for first in range(0, len(shuffled), BATCH * POOL):
        pool = shuffled[first : first + BATCH * POOL]
        lengths = [len(each.ids) for each in words.encode_batch([(each.text, each.evidence) for each in pool])]
        order = sorted(range(len(pool)), key=lambda at: lengths[at])
        batches = [[pool[at] for at in order[start : start + BATCH]] for start in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        yield from batches
