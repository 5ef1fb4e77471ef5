"""Conversations that outlive a reload and a restart: each question, and its answer with citations as it was given."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
    update,
)

from assistant.errors import UnknownConversation
from assistant.types import Turn
from corpus.database import storage_errors

FILE_NAME = "conversations.db"
"""Beside the corpus and apart from it, so that chatting never waits for an ingestion."""

TITLE = 60
"""Characters of a conversation's first title, taken from its first question."""

_tables = MetaData()
_conversations = Table(
    "conversations",
    _tables,
    Column("id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("changed", Text, nullable=False),  # ISO 8601, UTC
)
_exchanges = Table(
    "exchanges",
    _tables,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("conversation", Text, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),  # JSON, as `serialise.answer_to_json` makes it; empty until there is one
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A conversation as listed."""

    id: str
    title: str
    changed: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question and its answer."""

    number: int
    """Counts up over all conversations."""
    question: str
    answer: Mapping[str, Any]
    """As `serialise.answer_to_json` makes it; empty while there is none."""


class Conversations:
    """All conversations of a home. Safe to share between threads; what has returned is on disk.

    Every method raises a StorageError when the file cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._engine = create_engine(f"sqlite:///{home / FILE_NAME}")

        @event.listens_for(self._engine, "connect")
        def _set_up(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA busy_timeout = 10000")

        with storage_errors(home, FILE_NAME):
            _tables.create_all(self._engine)

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def listed(self) -> tuple[Conversation, ...]:
        """All of them, the latest first."""
        query = select(_conversations).order_by(_conversations.c.changed.desc(), _conversations.c.id)
        with self._reading() as conn:
            return tuple(Conversation(**row) for row in conn.execute(query).mappings())

    def begin(self, conversation: str, question: str) -> tuple[str, int]:
        """Note a question before it is answered; an empty id begins a conversation.

        Returns the ids of the conversation and of the exchange, for `finish` or `drop`. Raises UnknownConversation.
        """
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with self._writing() as conn:
            if not conversation:
                conversation = secrets.token_hex(8)
                title = " ".join(question.split())[:TITLE] or "Conversation"
                conn.execute(insert(_conversations).values(id=conversation, title=title, changed=now))
            else:
                mine = _conversations.c.id == conversation
                if not conn.execute(update(_conversations).where(mine).values(changed=now)).rowcount:
                    raise UnknownConversation(conversation)
            new = insert(_exchanges).values(conversation=conversation, question=question, answer="")
            return conversation, conn.execute(new.returning(_exchanges.c.number)).scalar_one()

    def finish(self, exchange: int, answer: Mapping[str, Any]) -> None:
        """Put the answer to a question that `begin` noted; nothing happens when it has been deleted meanwhile."""
        written = json.dumps(answer, ensure_ascii=False)
        with self._writing() as conn:
            conn.execute(update(_exchanges).where(_exchanges.c.number == exchange).values(answer=written))

    def drop(self, exchange: int) -> None:
        """Forget a question that could not be answered, and its conversation if that holds nothing else."""
        with self._writing() as conn:
            conn.execute(delete(_exchanges).where(_exchanges.c.number == exchange))
            conn.execute(delete(_conversations).where(_conversations.c.id.not_in(select(_exchanges.c.conversation))))

    def exchanges(self, conversation: str) -> tuple[Exchange, ...]:
        """What was said, oldest first; empty for an id that there is not."""
        query = select(_exchanges).where(_exchanges.c.conversation == conversation).order_by(_exchanges.c.number)
        with self._reading() as conn:
            rows = conn.execute(query).mappings().all()
        return tuple(
            Exchange(
                number=row["number"],
                question=row["question"],
                answer=json.loads(row["answer"]) if row["answer"] else {},
            )
            for row in rows
        )

    def history(self, conversation: str) -> tuple[Turn, ...]:
        """The answered exchanges as turns, for asking on."""
        return tuple(
            turn
            for exchange in self.exchanges(conversation)
            if exchange.answer
            for turn in (
                Turn(role="user", text=exchange.question),
                Turn(role="assistant", text=str(exchange.answer.get("text", ""))),
            )
        )

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title; an empty one changes nothing. Raises UnknownConversation."""
        title = " ".join(title.split())[: 2 * TITLE]
        mine = _conversations.c.id == conversation
        change = update(_conversations).where(mine).values(title=title or _conversations.c.title)
        with self._writing() as conn:
            if not conn.execute(change).rowcount:
                raise UnknownConversation(conversation)

    def remove(self, conversation: str) -> None:
        """Forget a conversation and all that was said in it. Raises UnknownConversation."""
        with self._writing() as conn:
            if not conn.execute(delete(_conversations).where(_conversations.c.id == conversation)).rowcount:
                raise UnknownConversation(conversation)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._home, FILE_NAME), self._engine.connect() as conn:
            yield conn

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._home, FILE_NAME), self._engine.begin() as conn:
            yield conn
