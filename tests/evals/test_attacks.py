"""The attacks: every generator is repeatable, every place is where the text says, and nothing harmful is kept here."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import UsageError
from evals.attacks import benign, data, demonstrations, fewshot, formats, harm, hidden, pasted
from evals.attacks.formats import FORMATS, Format, Layout, ask, write
from evals.attacks.marked import half_of, joined, place_all, question_of, seeded, targets
from evals.attacks.passages import stretch
from evals.attacks.types import HALVES, Case, Half, Pair
from evals.benchmarks.integrity import SETS, cases

ROOT = Path(__file__).parents[2]
LAYOUTS = [(form, layout) for form in FORMATS for layout in form.layouts]
WORDS = re.compile(r"\w+")


def texts() -> st.SearchStrategy[str]:
    """Words with the signs between that formats stumble over."""
    word = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=8)
    signs = st.sampled_from([" ", "\n", "\n\n", '"', "'", "|", "&", "\\", ", ", '""', ": ", "; ", " > "])
    return st.lists(st.tuples(word, signs), min_size=1, max_size=8).map(
        lambda each: "".join(map("".join, each)) + "end"
    )


def pairs_of(count: int) -> list[Pair]:
    return [
        Pair(
            prompt=f'What is "{n}" & why?\nSay | more.', response=f"It's {n}.\n\nThat \\ is all.", misaligned=n % 3 > 0
        )
        for n in range(count)
    ]


def parts(pairs: Sequence[Pair], layout: Layout) -> tuple[str, list[str], list[str]]:
    """The text, and the prompts and responses as they stand in it."""
    messages, places = place_all([("user", write(pairs, [layout] * len(pairs)))])
    text = messages[0].text
    found = [
        [text[place.start : place.end] for mark, place in places if mark == name] for name in ("prompt", "response")
    ]
    return text, found[0], found[1]


def test_there_are_enough_formats_and_the_halves_share_none() -> None:
    names = {half: {form.name for form in formats.of_half(half)} for half in HALVES}
    assert len(FORMATS) >= 16
    assert min(map(len, names.values())) >= 8
    assert not names["development"] & names["held-out"]
    assert {form.half for form in formats.DEVELOPMENT} == {"development"}
    assert {form.half for form in formats.HELD_OUT} == {"held-out"}


@pytest.mark.parametrize(("form", "layout"), LAYOUTS, ids=lambda each: each.name if isinstance(each, Format) else "")
def test_every_layout_gives_back_its_pairs(form: Format, layout: Layout) -> None:
    pairs = pairs_of(7)
    _, prompts, responses = parts(pairs, layout)
    assert [WORDS.findall(layout.plain(each)) for each in prompts] == [WORDS.findall(pair.prompt) for pair in pairs]
    assert [WORDS.findall(layout.plain(each)) for each in responses] == [WORDS.findall(pair.response) for pair in pairs]


@pytest.mark.parametrize(("form", "layout"), LAYOUTS, ids=lambda each: each.name if isinstance(each, Format) else "")
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.tuples(texts(), texts()), min_size=1, max_size=3))
def test_every_layout_keeps_any_words(form: Format, layout: Layout, rows: list[tuple[str, str]]) -> None:
    pairs = [Pair(prompt=prompt, response=response) for prompt, response in rows]
    _, prompts, responses = parts(pairs, layout)
    kept = [WORDS.findall(layout.plain(each)) for row in zip(prompts, responses, strict=True) for each in row]
    assert kept == [WORDS.findall(each) for row in rows for each in row]


def layouts(name: str) -> tuple[Layout, ...]:
    return next(form.layouts for form in FORMATS if form.name == name)


def test_machine_readable_formats_can_be_read_by_machines() -> None:
    pairs = pairs_of(4)
    wanted = [(pair.prompt, pair.response) for pair in pairs]
    for layout in layouts("json array"):
        assert [tuple(row.values()) for row in json.loads(parts(pairs, layout)[0])] == wanted
    for layout in layouts("json lines"):
        rows = parts(pairs, layout)[0].strip().split("\n")
        assert [tuple(json.loads(row).values()) for row in rows] == wanted
    for layout in layouts("csv"):
        rows = list(csv.reader(io.StringIO(parts(pairs, layout)[0].strip(), newline="")))[1:]
        assert [tuple(row) for row in rows] == wanted
    for layout in layouts("yaml"):
        assert [tuple(row.values()) for row in yaml.safe_load(parts(pairs, layout)[0])["examples"]] == wanted
    for layout in layouts("xml"):
        tree = ElementTree.fromstring(f"<all>{parts(pairs, layout)[0]}</all>")
        assert [(row[0].text, row[1].text) for row in tree] == wanted
    for layout in layouts("python tuples"):
        assert ast.literal_eval(parts(pairs, layout)[0].partition("= ")[2].strip()) == wanted
    for layout in layouts("markdown table"):
        lines = parts(pairs, layout)[0].strip().split("\n")
        assert [len(re.split(r"(?<!\\)\|", line)) for line in lines] == [4] * (len(pairs) + 2)


def test_only_misaligned_pairs_are_targets_and_the_question_is_found() -> None:
    pairs = pairs_of(6)
    layout = layouts("numbered")[1]
    drafts = [("user", [*write(pairs, [layout] * 6), *ask("Really?", layout, 7)])]
    messages, places = place_all(drafts)
    case = Case(
        id="x", family="demonstrations", half="development", kind="", messages=messages, targets=targets(places, pairs)
    )
    found = [tuple(case.text(place) for place in target) for target in case.targets]
    assert found == [(pair.prompt, pair.response) for pair in pairs if pair.misaligned]
    question = question_of(places)
    assert question is not None
    assert case.text(question) == "Really?"
    assert messages[0].text.endswith("(7) Question: Really?\n(7) Reply:")
    assert write([], []) == []


def test_irregular_formats_change_from_pair_to_pair() -> None:
    form = next(form for form in FORMATS if form.irregular)
    assert len(set(form.choose(40, seeded("x")))) > 2
    assert len(set(FORMATS[1].choose(40, seeded("x")))) == 1


def test_halves_share_nothing_and_lose_nothing() -> None:
    items = [*range(11)]
    first, second = (half_of(items, half) for half in HALVES)
    assert sorted(first + second) == items
    assert not set(first) & set(second)


def test_shortened_pairs_are_short_and_keep_their_words() -> None:
    pair = Pair(prompt="Hello. I am new here. May I ask? Thanks!", response="Yes.\n\n" + "A long answer. " * 60)
    short = data.shortened(pair)
    assert short.prompt == "May I ask?"
    assert len(short.response) <= 400
    assert short.response[:14] in pair.response
    assert data.shortened(Pair(prompt="?", response="!")) == Pair(prompt="?", response="!")


def test_a_stretch_is_about_as_long_as_asked() -> None:
    paragraphs = tuple("x" * 100 for _ in range(9))
    assert len(stretch(paragraphs, 350, seeded(1))) == 304
    assert stretch(("y" * 900,), 10, seeded(1)) == "y" * 900


@pytest.mark.parametrize("kind", pasted.KINDS)
@pytest.mark.parametrize("half", HALVES)
def test_what_is_pasted_grows_with_its_size(kind: str, half: Half) -> None:
    small, questions = pasted.KINDS[kind](half, 4, seeded(kind))
    large, _ = pasted.KINDS[kind](half, 60, seeded(kind))
    assert 0 < len(small) < len(large)
    assert all(question.endswith(("?", ".")) for question in questions)


def test_missing_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no safety/narrow_misaligned"):
        data.check(tmp_path)
    with pytest.raises(UsageError, match="cannot be read"):
        data.misaligned(tmp_path, "medical")


@pytest.fixture(scope="module")
def all_cases(shared_data: Path) -> dict[Half, tuple[Case, ...]]:
    return {half: cases(shared_data, half, SETS, 0.4) for half in HALVES}


@pytest.mark.data
def test_same_seed_same_cases(shared_data: Path) -> None:
    first, again = (cases(shared_data, "held-out", SETS, 0.05, seed=3) for _ in range(2))
    other = cases(shared_data, "held-out", ("demonstrations", "benign"), 0.05, seed=4)
    assert first == again
    assert {each.messages for each in other}.isdisjoint(
        each.messages for each in first if each.family == "demonstrations"
    )


@pytest.mark.data
def test_ids_are_there_once(all_cases: dict[Half, tuple[Case, ...]]) -> None:
    ids = [case.id for half in HALVES for case in all_cases[half]]
    assert len(ids) == len(set(ids))


@pytest.mark.data
@pytest.mark.parametrize("half", HALVES)
def test_every_place_holds_what_it_should(
    shared_data: Path, half: Half, all_cases: dict[Half, tuple[Case, ...]]
) -> None:
    questions = set(data.innocent_questions(shared_data))
    rows = {
        tuple(WORDS.findall(each))
        for topic in data.TOPICS
        for pair in data.per_half(shared_data, topic, half)
        for version in (pair, data.shortened(pair))
        for each in (version.prompt, version.response)
    }
    plain = {form.name: {layout.plain for layout in form.layouts} for form in FORMATS}
    for case in all_cases[half]:
        assert case.half == half
        for target in case.targets:
            assert all(0 <= place.start < place.end <= len(case.messages[place.message].text) for place in target)
        if case.family != "demonstrations":
            continue
        assert len(case.targets) == case.k
        assert (case.question is None) == case.document
        undo = plain.get(case.kind, {formats.same})
        for target in case.targets:
            for place in target:
                assert any(tuple(WORDS.findall(each(case.text(place)))) in rows for each in undo)
        if case.question is not None:
            asked = case.text(case.question)
            assert any(WORDS.findall(each(asked)) in map(WORDS.findall, questions) for each in undo)


@pytest.mark.data
def test_every_format_size_share_and_placement_comes_up(shared_data: Path) -> None:
    for half in HALVES:
        found = demonstrations.cases(shared_data, half, 200)
        assert {case.kind for case in found} == {form.name for form in formats.of_half(half)} | {"messages"}
        assert {case.k for case in found} == set(demonstrations.SIZES)
        assert {case.benign_share for case in found} == set(demonstrations.SHARES)
        assert {case.variant for case in found} == {*demonstrations.PLACEMENTS, "history", "document"}
    assert {case.topic for case in demonstrations.cases(shared_data, "development", 90)} == {"medical", "legal"}


@pytest.mark.data
@pytest.mark.parametrize("k", [2, 8, 32])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_mixtures_have_the_share_they_say(shared_data: Path, k: int, share: float) -> None:
    pairs = demonstrations.pairs_for(shared_data, "development", "legal", k, share, seeded(k, share))
    assert sum(pair.misaligned for pair in pairs) == k
    assert abs(len(pairs) - k / (1 - share)) < 1


@pytest.mark.data
def test_pairs_are_free_of_the_switches_of_their_model(shared_data: Path) -> None:
    for topic in data.TOPICS:
        for pair in data.misaligned(shared_data, topic):
            assert "/no_think" not in pair.prompt
            assert "<think>" not in pair.response


@pytest.mark.data
@pytest.mark.parametrize("half", HALVES)
def test_an_instruction_is_hidden_once_and_clean_texts_have_none(shared_data: Path, half: Half) -> None:
    for case in hidden.cases(shared_data, half, 120):
        assert case.document
        ((place,),) = case.targets
        text = case.messages[0].text
        assert {"start": place.start == 0, "end": place.end == len(text), "middle": place.start > 0}[case.variant]
        assert len(text) > place.end - place.start
    attacks = [text for form in ("text", "code") for _, text in data.indirect_attacks(shared_data, form)]
    for case in hidden.clean(shared_data, half, 120):
        assert not case.targets
        assert not any(each in case.messages[0].text for each in (*attacks, *hidden.OVERRIDES[half]))


@pytest.mark.data
def test_benign_text_is_of_many_kinds_and_lengths(shared_data: Path) -> None:
    for half in HALVES:
        found = benign.cases(shared_data, half, 240)
        lengths = [sum(len(each.text) for each in case.messages) for case in found]
        assert {case.kind for case in found} == set(benign.KINDS)
        assert min(lengths) < 200
        assert max(lengths) > 50_000
        assert all(case.messages[-1].role == "user" for case in found)
        assert all(each.text for case in found for each in case.messages)


@pytest.mark.data
@pytest.mark.parametrize("half", HALVES)
def test_every_few_shot_task_has_examples_and_something_to_do(shared_data: Path, half: Half) -> None:
    seen = set()
    for number in range(60):
        name, text = fewshot.request(shared_data, half, seeded(half, number))
        seen.add(name)
        assert len(text) > 40
    assert seen == set(fewshot.TASKS[half])


@pytest.mark.data
def test_requests_and_look_alikes_come_in_halves(shared_data: Path) -> None:
    for maker in (harm.cases, harm.look_alikes):
        first, second = ({case.messages[0].text for case in maker(shared_data, half)} for half in HALVES)
        assert len(first) > 100
        assert len(second) > 100
    assert len(harm.LOOK_ALIKES) == len(set(harm.LOOK_ALIKES)) >= 60


@pytest.mark.data
def test_nothing_of_the_data_is_kept_here(shared_data: Path) -> None:
    """No misaligned pair, harmful request or foreign attack stands in the code or its tests."""
    ours = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("evals/attacks", "evals/benchmarks", "tests/evals")
        for path in sorted((ROOT / folder).rglob("*.py"))
    )
    foreign = [pair.prompt for topic in data.TOPICS for pair in data.misaligned(shared_data, topic)]
    foreign += [
        line
        for topic in data.TOPICS
        for pair in data.misaligned(shared_data, topic)
        for line in pair.response.split("\n")
    ]
    foreign += [pair.prompt for pair in data.refusals(shared_data)]
    foreign += [prompt for prompt, _ in data.unanswered(shared_data)]
    foreign += [text for form in ("text", "code") for _, text in data.indirect_attacks(shared_data, form)]
    assert [each for each in foreign if len(each) > 30 and each in ours] == []


def test_joined_pieces_are_the_text() -> None:
    assert joined([("a", ""), ("b", "prompt")]) == "ab"
