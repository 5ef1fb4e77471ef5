"""The word index: BM25 in SQLite's FTS5, one table a domain, stemmed (Porter) and without accents.

Works on a connection, so words and documents change in one transaction. A query is a set of words; nothing that a
person types is ever read as FTS5 syntax. Common words are left out once rarer ones have named enough passages, so that
the cost of a query does not grow with the corpus.
"""

from __future__ import annotations

import math
import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from corpus.types import DOMAINS, Domain

MOST_TERMS = 48
"""Words of a query that are looked up; a pasted page has many more than help."""

POSTINGS = 20_000
"""How many passages the words of a query may name together before the commonest are left out."""

HEADING_WEIGHT = 0.5
"""Weight of a word in title and headings against one in the text."""

_TOKENIZE = "porter unicode61 remove_diacritics 2"
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    """
    a about an and any are as at be been being but by can could did do does doing for from had has have having he her
    his how i if in into is it its may me might much must my no nor not of on or our shall she should so some such than
    that the their them then there these they this those to under upon us was we were what when where which while who
    whom whose why will with would you your many long
    """.split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a query as the index knows it."""

    word: str
    """As written, in lower case."""
    stem: str
    count: int
    """Passages of the domain that have it."""
    weight: float
    """Inverse document frequency, 0 and up."""


def create(conn: Connection) -> None:
    """Make the tables."""
    for domain in DOMAINS:
        conn.exec_driver_sql(
            f"CREATE VIRTUAL TABLE words_{domain} USING fts5(text, headings, tokenize = '{_TOKENIZE}')"
        )
        conn.exec_driver_sql(f"CREATE VIRTUAL TABLE vocabulary_{domain} USING fts5vocab(words_{domain}, 'row')")


def add(conn: Connection, domain: Domain, rows: Sequence[tuple[int, str, str]]) -> None:
    """Index passages: row number, text, headings."""
    if rows:
        conn.exec_driver_sql(f"INSERT INTO words_{domain} (rowid, text, headings) VALUES (?, ?, ?)", list(rows))  # noqa: S608


def remove(conn: Connection, domain: Domain, rowids: Iterable[int]) -> None:
    """Take passages out of the index."""
    gone = [(rowid,) for rowid in rowids]
    if gone:
        conn.exec_driver_sql(f"DELETE FROM words_{domain} WHERE rowid = ?", gone)  # noqa: S608


def count(conn: Connection, domain: Domain) -> int:
    """How many passages the domain's index has."""
    return int(conn.execute(text(f"SELECT count(*) FROM words_{domain}")).scalar_one())  # noqa: S608


def terms(conn: Connection, domain: Domain, query: str, *, total: int) -> list[Term]:
    """The query's words that say something, with how rare they are among `total` passages; rarest first."""
    words = list(dict.fromkeys(word for word in _WORD.findall(query.lower()) if word not in _STOP))[: 4 * MOST_TERMS]
    stems = stem(words)
    counts = _counts(conn, domain, set(stems.values()))
    found = []
    for word, root in stems.items():
        seen = counts.get(root, 0)
        weight = math.log(1.0 + (total - seen + 0.5) / (seen + 0.5))
        found.append(Term(word=word, stem=root, count=seen, weight=max(weight, 0.0)))
    return sorted(found, key=lambda term: (-term.weight, term.word))[:MOST_TERMS]


def search(conn: Connection, domain: Domain, asked: Sequence[Term], k: int) -> list[tuple[int, float]]:
    """The `k` best passages by BM25: row number and score, best first."""
    named: list[str] = []
    budget = POSTINGS
    for term in asked:
        if not term.count:
            continue
        if named and term.count > budget:
            break
        named.append(term.word)
        budget -= term.count
    if not named:
        return []
    match = " OR ".join(f'"{word}"' for word in named)
    rows = conn.exec_driver_sql(
        f"SELECT rowid, -bm25(words_{domain}, 1.0, {HEADING_WEIGHT}) AS score FROM words_{domain} "  # noqa: S608
        f"WHERE words_{domain} MATCH ? ORDER BY bm25(words_{domain}, 1.0, {HEADING_WEIGHT}), rowid LIMIT ?",
        (match, k),
    )
    return [(int(rowid), float(score)) for rowid, score in rows]


def stem(words: Sequence[str]) -> dict[str, str]:
    """Each word's stem, by the index's own tokeniser."""
    missing = [word for word in words if word not in _STEMS.known]
    if missing:
        _STEMS.learn(missing)
    return {word: _STEMS.known[word] for word in words}


class _Stems:
    """Asks SQLite itself for stems, so that query and index never disagree; remembers them."""

    LARGEST = 50_000

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None

    def learn(self, words: Sequence[str]) -> None:
        with self._lock:
            if len(self.known) > self.LARGEST:
                self.known = {}
            if self._database is None:
                self._database = sqlite3.connect(":memory:", check_same_thread=False)
                self._database.execute(f"CREATE VIRTUAL TABLE w USING fts5(t, tokenize = '{_TOKENIZE}')")
                self._database.execute("CREATE VIRTUAL TABLE v USING fts5vocab(w, 'instance')")
            self._database.execute("DELETE FROM w")
            self._database.executemany("INSERT INTO w (rowid, t) VALUES (?, ?)", list(enumerate(words)))
            stems = dict(self._database.execute("SELECT doc, term FROM v WHERE offset = 0"))
            self.known.update({word: stems.get(index, word) for index, word in enumerate(words)})


_STEMS = _Stems()


def _counts(conn: Connection, domain: Domain, stems: set[str]) -> Mapping[str, int]:
    marks = ", ".join("?" * len(stems))
    rows = conn.exec_driver_sql(
        f"SELECT term, doc FROM vocabulary_{domain} WHERE term IN ({marks})",  # noqa: S608
        tuple(sorted(stems)),
    )
    return {term: int(seen) for term, seen in rows} if stems else {}
