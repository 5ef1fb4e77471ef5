from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine

from corpus import lexical

TEXTS = {
    1: "The dose of metformin is 500 mg twice daily.",
    2: "Dosing of warfarin depends on the INR; section 5.1.2 applies.",
    3: "PD-L1 status is assessed by a companion diagnostic.",
    4: "Nothing of interest stands here.",
}


@pytest.fixture(scope="module")
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        lexical.create(connection)
        lexical.add(connection, "medical", [(row, text, "Label" if row == 2 else "") for row, text in TEXTS.items()])
        yield connection
    engine.dispose()


def found(conn: Connection, query: str, k: int = 10) -> list[int]:
    asked = lexical.terms(conn, "medical", query, total=len(TEXTS))
    return [rowid for rowid, _ in lexical.search(conn, "medical", asked, k)]


def test_finds_by_stem_and_ranks_by_rarity(conn: Connection) -> None:
    assert found(conn, "What doses of metformin?") == [1, 2]
    assert found(conn, "pd-l1") == [3]
    assert found(conn, "labels") == [2]
    assert found(conn, "what is the of") == []
    assert found(conn, "metformin", k=1) == [1]


def test_terms_say_how_rare_they_are(conn: Connection) -> None:
    terms = {term.word: term for term in lexical.terms(conn, "medical", "dose metformin zebra", total=4)}
    assert terms["dose"].count == 2
    assert terms["metformin"].count == 1
    assert terms["zebra"].count == 0
    assert terms["zebra"].weight > terms["metformin"].weight > terms["dose"].weight >= 0


def test_common_words_are_left_out_when_rarer_ones_name_enough(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "POSTINGS", 2)
    assert found(conn, "metformin dose") == [1]


def test_rows_can_be_taken_out() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        lexical.create(connection)
        lexical.add(connection, "legal", [(7, "a clause", "")])
        assert lexical.count(connection, "legal") == 1
        lexical.remove(connection, "legal", [7])
        lexical.remove(connection, "legal", [])
        assert lexical.count(connection, "legal") == 0
    engine.dispose()


@given(query=st.text(max_size=300))
def test_no_text_is_syntax(query: str) -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        lexical.create(connection)
        lexical.add(connection, "legal", [(1, query, "")])
        asked = lexical.terms(connection, "legal", query, total=1)
        assert len(asked) <= lexical.MOST_TERMS
        assert lexical.search(connection, "legal", asked, 5) in ([], [(1, pytest.approx(0, abs=10))])
    engine.dispose()


@pytest.mark.parametrize("query", ['" OR 1', "NEAR(a b)", "text:*", "a AND NOT b", "(((", "^x", "'; DROP TABLE x; --"])
def test_operators_are_words(conn: Connection, query: str) -> None:
    found(conn, query)


def test_a_page_full_of_words_is_cut(conn: Connection) -> None:
    assert (
        len(lexical.terms(conn, "medical", " ".join(f"word{n}" for n in range(20_000)), total=4)) <= lexical.MOST_TERMS
    )
