"""What the pages are made of: markup, tables, a document's page, questions answered behind them."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ask import Assistant, Progress
from assistant.conversations import Conversation, Conversations, Exchange
from assistant.pages import markup, tables
from assistant.pages.asking import Asking
from assistant.pages.document import AROUND, Shown, document_page
from assistant.serialise import answer_to_json
from assistant.types import Answer, Question
from assistant.uploads import keep, safe_name
from corpus.errors import StorageError
from corpus.types import Document, Page, Provenance, Quarantined, Statistics, Tally

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> ${x} {{y}} &lt;b&gt; \"' [a](javascript:b)"


def document(text: str = "Title", **changes: Any) -> Document:
    known = Provenance(
        title=text, publisher=text, edition=text, url="javascript:alert(1)", validated_by=text,
        validated_on=date(2026, 1, 2), sources=(text,), scope=text, licence=text,
    )  # fmt: skip
    made = Document(
        id=f"id {text}", domain="medical", file=text, source="/a", sha256="0" * 64, media_type="text/plain", pages=3,
        passages=2, provenance=known, status="validated",
    )  # fmt: skip
    return replace(made, **changes)


def given_answer(text: str = "Yes", **changes: Any) -> dict[str, Any]:
    citation = {
        "number": 1, "document_id": text, "file": text, "title": text, "edition": text, "page": 2, "start": 3, "end": 9,
        "quote": text, "validated_by": text, "validated_on": "2026-01-02", "status": "validated", "publisher": text,
    }  # fmt: skip
    return {
        "status": "answered", "text": text, "sentences": [{"text": text, "citations": [1], "support": 0.9}],
        "citations": [citation], "confidence": 0.9, "reason": None, "findings": [{"reason": text}], "generator": text,
        "timings_ms": {"total": 12.0}, "notices": [text], "nearest": [], "domain": "legal", **changes,
    }  # fmt: skip


def is_harmless(html: str) -> None:
    """No element, attribute or template of EVIL has come to life."""
    from bs4 import BeautifulSoup

    parsed = BeautifulSoup(html, "lxml")
    assert parsed.find("script") is None
    for element in parsed.find_all():
        assert not [name for name in element.attrs if name.startswith("on")]
        assert not str(element.get("href", "")).startswith("javascript")
        assert str(element.get("src", "/documents")).startswith("/documents")
    assert "${" not in html
    assert "{{" not in html


def test_nothing_from_outside_becomes_html() -> None:
    refused = {"status": "abstained", "reason": EVIL, "nearest": [{"id": EVIL, "title": EVIL, "status": EVIL}]}
    shown = Shown(document=document(EVIL), page=Page(number=1, text=EVIL * 3), start=4, end=90)
    for html in (
        markup.conversation([Exchange(number=1, question=EVIL, answer=given_answer(EVIL))]),
        markup.answer({**given_answer(EVIL), **refused}),
        markup.answer(given_answer(EVIL, status="refused")),
        markup.working(EVIL, [{"text": EVIL}]),
        markup.failed(EVIL),
        markup.conversation_list([Conversation(id=EVIL, title=EVIL, changed="")], EVIL),
        tables.document_table([document(EVIL)], EVIL),
        tables.chosen_document(document(EVIL)),
        tables.quarantine_table([Quarantined(path=EVIL, reason=EVIL)]),
        document_page(shown),
        document_page(replace(shown, drawn=(10, 10), places=((0.1, 0.1, 0.2, 0.2),))),
        document_page(replace(shown, superseded_by=document(EVIL))),
    ):
        is_harmless(html)
        assert "&lt;script&gt;" in html


@given(st.text(max_size=200))
def test_escaped_text_means_the_same(text: str) -> None:
    import html

    escaped = markup.escape(text)
    assert html.unescape(escaped) == html.unescape(html.escape(text))
    assert not set("<>\"'{}$") & set(escaped)


def test_every_sentence_has_its_chips_and_every_source_its_words() -> None:
    html = markup.answer(given_answer("- At night."))
    assert ">At night.<span" in html
    assert 'href="/documents/-%20At%20night./pages/2?start=3&amp;end=9"' in html
    assert "<blockquote>- At night.</blockquote>" in html
    assert "validated" in html


def test_abstaining_says_so_and_names_the_nearest() -> None:
    html = markup.answer(
        given_answer(
            status="abstained",
            reason="Nothing.",
            nearest=[{"id": "a b", "title": "", "file": "f.pdf", "status": "expired"}],
        )
    )
    assert "The documents don&#x27;t say." in html or "The documents don't say." in html
    assert "/documents/a%20b/pages/1" in html
    assert "f.pdf" in html


def test_a_page_shows_its_neighbours_its_marks_and_its_provenance() -> None:
    page = Page(number=2, text="a" * 20_000 + "the words" + "b" * 20_000)
    shown = Shown(document=document(), page=page, start=20_000, end=20_009, panel=True)
    html = document_page(shown)
    assert '<mark id="quote">the words</mark>' in html
    assert "pages/1?panel=1" in html
    assert "pages/3?panel=1" in html
    assert "Show the whole text" in html
    assert len(html) < 2 * AROUND + 5000
    assert "<header" not in html
    assert "<header" in document_page(replace(shown, panel=False))
    drawn = document_page(replace(shown, drawn=(1000, 1400), places=((0.1, 0.2, 0.5, 0.25), (0.1, 0.3, 0.2, 0.35))))
    assert drawn.count("<mark") == 2
    assert "left:10.000%;top:20.000%;width:40.000%;height:5.000%" in drawn
    assert "not found on the picture" in document_page(replace(shown, drawn=(1000, 1400)))
    newer = document(status="superseded", superseded_by="new")
    assert "A newer document replaces" in document_page(replace(shown, document=newer, superseded_by=document("New")))
    web = replace(document(), provenance=replace(document().provenance, url="https://a.example/b"))
    assert 'rel="noopener noreferrer"' in document_page(replace(shown, document=web))


def test_long_tables_are_cut_and_empty_ones_say_so() -> None:
    assert "12 more" in tables.document_table([document(f"t{number}") for number in range(tables.LONGEST + 12)])
    assert "No document fits" in tables.document_table([])
    assert "Nothing is in quarantine" in tables.quarantine_table([])
    assert "no document yet" in tables.overview(Statistics(tallies=(), quarantined=0))
    tallies = (
        Tally(domain="legal", status="validated", documents=2, passages=1000),
        Tally(domain="legal", status="expired", documents=1, passages=500),
    )
    assert "2 of 3 documents may be cited, 1,500 passages" in tables.overview(
        Statistics(tallies=tallies, quarantined=0)
    )
    assert "take some in" in markup.welcome([], empty=True)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\b.pdf", "b.pdf"),
        ("..", "file"),
        ("", "file"),
        (".hidden.txt", "hidden.txt"),
        ("a\x00b\nc.txt", "a_b_c.txt"),
        ("x" * 300 + ".pdf", "x" * 147 + ".pdf"),
        ("y" * 300, "y" * 150),
    ],
)
def test_names_of_uploads_stay_in_their_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_an_upload_of_the_same_name_replaces_the_first(tmp_path: Path) -> None:
    keep(tmp_path, "../a.txt", io.BytesIO(b"one"))
    kept = keep(tmp_path, "a.txt", io.BytesIO(b"two"))
    assert kept.read_bytes() == b"two"
    assert [each.name for each in (tmp_path / "uploads").iterdir()] == ["a.txt"]


def test_an_upload_that_breaks_off_leaves_the_first(tmp_path: Path) -> None:
    keep(tmp_path, "a.txt", io.BytesIO(b"one"))

    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(StorageError):
        keep(tmp_path, "a.txt", Broken())
    assert [each.read_bytes() for each in (tmp_path / "uploads").iterdir()] == [b"one"]


class Slow(Assistant):
    """Waits for a sign before the answer, then answers or fails; in place of an assistant."""

    def __init__(self, sign: threading.Event, error: BaseException | None = None) -> None:
        object.__setattr__(self, "generators", (sign, error))

    def stream(self, question: Question) -> Iterator[Any]:
        sign, error = self.generators
        yield Progress(stage="retrieve")
        assert sign.wait(10)  # type: ignore[attr-defined]
        if error:
            raise error  # type: ignore[misc]
        yield Answer(id="1", question=question, status="abstained", text=f"{len(question.history)} turns", reason="r")


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    made = Conversations(tmp_path)
    yield made
    made.close()


def test_an_answer_is_kept_though_nobody_watches(conversations: Conversations) -> None:
    sign = threading.Event()
    asking = Asking(Slow(sign), conversations)
    asked = asking.ask("Why?", domain=None, conversation="")
    assert isinstance(next(asked.steps), Progress)
    exchange = conversations.exchanges(asked.conversation)[0]
    assert exchange.answer == {}
    assert asking.running(exchange.number)
    del asked  # the page that asked is gone
    sign.set()
    asking.close()
    said = conversations.exchanges(conversations.listed()[0].id)
    assert said[0].answer["text"] == "0 turns"
    assert not asking.running(exchange.number)


def test_a_question_goes_on_with_what_was_said(conversations: Conversations) -> None:
    sign = threading.Event()
    sign.set()
    asking = Asking(Slow(sign), conversations)
    first = asking.ask("One?", domain=None, conversation="")
    *_, answer = first.steps
    assert isinstance(answer, Answer)
    *_, answer = asking.ask("Two?", domain=None, conversation=first.conversation).steps
    assert answer_to_json(answer)["text"] == "2 turns"  # type: ignore[arg-type]
    conversations.remove(first.conversation)
    again = asking.ask("Three?", domain=None, conversation=first.conversation)
    list(again.steps)
    assert again.conversation != first.conversation
    asking.close()


def test_what_fails_is_raised_where_it_is_watched_and_leaves_nothing(conversations: Conversations) -> None:
    sign = threading.Event()
    sign.set()
    asking = Asking(Slow(sign, StorageError("the disk is gone")), conversations)
    with pytest.raises(StorageError, match="disk is gone"):
        list(asking.ask("Why?", domain=None, conversation="").steps)
    asking.close()
    assert conversations.listed() == ()
