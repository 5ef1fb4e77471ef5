"""The grammar of overrides: what is trained on and what only measures do not mix, and nothing is left unfilled."""

from __future__ import annotations

import random

from evals.training.overrides import GRAMMAR, documents, overrides


def test_families_that_measure_are_not_trained_on() -> None:
    rng = random.Random(1)
    trained, unseen = overrides(rng, 3), overrides(rng, 3, unseen=True)
    assert {each.kind for each in unseen} == set(GRAMMAR["unseen"])
    assert {each.kind for each in trained} == set(GRAMMAR["families"]) - set(GRAMMAR["unseen"])
    frames = [frame for some in GRAMMAR["families"].values() for frame in some]
    assert len(frames) == len(set(frames))


def test_every_slot_is_filled() -> None:
    assert not any("{" in each.text or "}" in each.text for each in overrides(random.Random(2), 40))


def test_harmless_documents_by_kind() -> None:
    rng = random.Random(3)
    trained, unseen = documents(rng, 2), documents(rng, 2, unseen=True)
    assert {each.family for each in unseen} == {f"made_{name}" for name in GRAMMAR["unseen_documents"]}
    assert not {each.family for each in trained} & {each.family for each in unseen}
    assert all(each.text for each in (*trained, *unseen))
