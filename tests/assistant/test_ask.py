"""The flow, from a question to what may be read, over a small real corpus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.ask import Assistant, Progress
from assistant.build import build
from assistant.errors import GeneratorTimeout
from assistant.settings import load
from assistant.types import Answer, AnswerSentence, Candidate, Question, Retrieved, Sentence, Turn


class Says:
    """A generator that says what it is told to."""

    name = "says"

    def __init__(self, *sentences: tuple[str, tuple[int, ...]], score: float = 1.0) -> None:
        self.sentences = sentences
        self.score = score

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        said = tuple(Sentence(text=text, citations=citations) for text, citations in self.sentences)
        return (Candidate(generator=self.name, sentences=said, score=self.score),)


class Fails:
    name = "fails"

    def generate(self, retrieved: Retrieved) -> tuple[Candidate, ...]:
        raise GeneratorTimeout("after 1 s")


STAGES = ["guard_in", "retrieve", "generate", "verify", "rank", "guard_out"]


def test_an_answer_cites_the_very_words(small: Assistant) -> None:
    answer = small.ask(Question(text="What is the recommended starting dose of Examplin?", id="q1"))
    assert answer.status == "answered"
    assert answer.id == "q1"
    assert "500 mg twice a day" in answer.text
    assert answer.domain == "medical"
    assert list(answer.timings_ms) == [*STAGES, "total"]
    assert answer.generator == "extractive"
    assert answer.sentences
    for sentence in answer.sentences:
        assert sentence.citations
    for citation in answer.citations:
        page = small.library.page(citation.document.id, citation.page)
        assert page.text[citation.start : citation.end] == citation.quote
        assert citation.document.provenance.validated_by == "Ada"


def test_streams_progress_then_sentences_then_the_answer(small: Assistant) -> None:
    *steps, answer = small.stream(Question(text="How much notice must a tenant give before leaving?"))
    assert isinstance(answer, Answer)
    assert [step.stage for step in steps if isinstance(step, Progress)] == STAGES
    assert tuple(step for step in steps if isinstance(step, AnswerSentence)) == answer.sentences
    assert "two months" in answer.text


def test_abstains_and_names_the_nearest(small: Assistant) -> None:
    answer = small.ask(Question(text="Which vaccine protects camels against lightning in Peru?"))
    assert answer.status == "abstained"
    assert answer.reason
    assert answer.text.startswith("The documents don't say.")
    assert not answer.citations
    assert answer.nearest


def test_refuses_what_is_no_question(small: Assistant) -> None:
    answer = small.ask(Question(text="\x00 ?"))
    assert answer.status == "refused"
    assert list(answer.timings_ms) == ["guard_in", "total"]


def test_an_empty_corpus_says_so(home: Path) -> None:
    assistant = build(load(home))
    answer = assistant.ask(Question(text="What is the dose?"))
    assert answer.status == "abstained"
    assert answer.reason == "There is no validated document that comes near this question."
    assistant.library.close()


def test_inventions_are_dropped_and_citations_mended(small: Assistant) -> None:
    invented = Says(
        ("The maximum dose of Examplin is 2,000 mg a day.", (99,)),
        ("The maximum dose of Examplin is 9,000 mg a day.", (1,)),
        ("Bananas are rich in potassium.", (1,)),
    )
    assistant = replace(small, generators=(invented,))
    answer = assistant.ask(Question(text="What is the maximum dose of Examplin?", domain="medical"))
    # One of three sentences held: that is too little to be shown.
    assert answer.status == "abstained"
    assistant = replace(small, generators=(Says(*invented.sentences[:1]),))
    answer = assistant.ask(Question(text="What is the maximum dose of Examplin?", domain="medical"))
    assert answer.status == "answered"
    assert answer.citations[0].document.file == "examplin.md"
    assert "2,000 mg" in answer.citations[0].quote


def test_a_generator_that_fails_costs_its_candidate_only(small: Assistant) -> None:
    question = Question(text="What is the recommended starting dose of Examplin?")
    assistant = replace(small, generators=(Fails(), *small.generators))
    assert assistant.ask(question).text == small.ask(question).text
    alone = replace(small, generators=(Fails(),))
    assert alone.ask(question).status == "abstained"


def test_a_follow_up_is_understood(small: Assistant) -> None:
    history = (
        Turn(role="user", text="What is the recommended starting dose of Examplin?"),
        Turn(role="assistant", text="500 mg twice a day."),
    )
    answer = small.ask(Question(text="And what is its maximum?", history=history))
    assert {citation.document.file for citation in answer.citations} <= {"examplin.md"}
    assert answer.domain == "medical"


def test_what_nobody_validated_is_cited_only_when_asked_for(home: Path, tmp_path: Path) -> None:
    assistant = build(load(home))
    path = tmp_path / "draft.md"
    path.write_text("# Draft\n\nThe torque of the pump's bolts is 40 newton metres.\n", encoding="utf-8")
    assistant.library.ingest([path], domain="engineering")
    question = Question(text="What is the torque of the pump's bolts?")
    assert assistant.ask(question).status == "abstained"
    answer = assistant.ask(replace(question, include_unvalidated=True))
    assert answer.status == "answered"
    assert any("nobody stands behind it" in notice for notice in answer.notices)
    assistant.library.close()


@pytest.mark.parametrize("status", ["superseded", "expired"])
def test_an_older_edition_is_said(home: Path, tmp_path: Path, status: str) -> None:
    assistant = build(load(home))
    for name, torque in (("old", 40), ("new", 60)):
        text = f"# Pump\n\nThe bolts' torque is {torque} newton metres.\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    manifest = tmp_path / "manifest.toml"
    relation = 'supersedes = ["old"]' if status == "superseded" else ""
    until = "valid_until = 2001-01-01" if status == "expired" else ""
    head = '[[document]]\nfile = "{0}.md"\nid = "{0}"\ntitle = "{0}"\nvalidated_by = "Ada"\nvalidated_on = 2000-01-01\n'
    manifest.write_text(f"{head.format('old')}{until}\n{head.format('new')}{relation}\n", encoding="utf-8")
    assistant.library.ingest([tmp_path / "old.md", tmp_path / "new.md"], domain="engineering", manifest=manifest)
    assert assistant.library.document("old").status == status
    question = Question(text="What is the torque of the pump's bolts?")
    assert "old" not in {citation.document.id for citation in assistant.ask(question).citations}
    both = assistant.ask(replace(question, include_unvalidated=True))
    cited = {citation.document.id for citation in both.citations}
    assert ("old" in cited) == any("superseded" in notice or "expired" in notice for notice in both.notices)
    assistant.library.close()


def test_a_language_nobody_asked_in_is_no_obstacle(small: Assistant) -> None:
    assert small.ask(Question(text="Was ist die Dosis von Examplin und wie ist sie?")).status == "refused"
