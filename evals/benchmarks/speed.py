"""What asking, ingesting and starting cost against the bare libraries, each pair measured in turn in one run.

    asking      a warm question without a language model, against embedding it, one Chroma query and one FTS5 query
    ingesting   PDFs, against a loop of pypdf, the same embedding model in batches of 32 and `collection.add`
    starting    a cold `plumbline ask`, against a process that only imports the six libraries it is built with

Ratios are of medians, with 95% intervals from sampling whole turns.
"""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from assistant import quiet
from corpus.errors import CorpusError, UsageError
from corpus.types import Domain
from evals.gold.cases import load
from evals.gold.homes import DOCUMENTS, prepare
from evals.statistics import Estimate, ratio_of_medians

if TYPE_CHECKING:
    from assistant.ask import Assistant
    from assistant.types import Answer

DOMAIN: Domain = "engineering"
"""Whose documents and golden questions are used."""

PDFS = "engineering/ocpp/v16/ocpp-*1.6-*.pdf"
"""What is ingested, below the folder of documents: four PDFs with tables, 148 pages."""

FOUND = 10
"""Passages that the bare queries fetch."""

BATCH = 32
"""Texts that the bare loop embeds and adds at a time."""

LIBRARIES = ("llama_index.core", "chromadb", "guardrails", "langchain_core.runnables", "pypdf", "gradio")

NAMES = ("asking", "ingesting", "starting")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing measured against its bare counterpart."""

    name: str
    ours: float
    """Median seconds."""
    bare: float
    """Median seconds."""
    ratio: Estimate
    """Ours over bare; for ingesting bare over ours, which is the share of the bare speed."""
    goal: str
    turns: int
    notes: Mapping[str, float]
    """What else was seen, by name."""


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write speed.json. 0 done; 2 when the documents are missing."""
    options = _options(arguments)
    quiet.silence()
    from rich.console import Console

    try:
        with Console(stderr=True).status("starting") as status:
            measures = _measure(options, status.update)
    except CorpusError as error:
        print(f"plumbline: {error}", file=sys.stderr)
        return 2
    report = {"machine": machine(), "measures": [asdict(each) for each in measures]}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "speed.json").write_text(json.dumps(report, indent=1), encoding="utf-8")
    print(json.dumps(report) if options.json else as_text(measures))
    return 0


def _measure(options: Namespace, tell: Tell) -> list[Measure]:
    chosen = options.only or NAMES
    measures = []
    if "asking" in chosen or "starting" in chosen:
        home = prepare(
            options.documents, options.home, [DOMAIN], lambda step: tell(f"preparing: {step.done}/{step.total}")
        )
        questions = [case.question for case in load(domain=DOMAIN)]
        if "asking" in chosen:
            measures.append(asking(home, DOMAIN, questions, rounds=options.rounds, tell=tell))
        if "starting" in chosen:
            measures.append(starting(home, questions, rounds=options.rounds + 2, tell=tell))
    if "ingesting" in chosen:
        pdfs = sorted(options.documents.glob(PDFS))
        measures.append(ingesting(pdfs, rounds=options.rounds, tell=tell))
    return measures


def asking(home: Path, domain: Domain, questions: Sequence[str], *, rounds: int, tell: Tell) -> Measure:
    """Warm answers on a home, domain not given, against the raw steps on the same indexes."""
    from assistant.build import build
    from assistant.settings import Settings

    # Whatever the environment says: a language model's time is its own.
    assistant = build(Settings(home=home, model="none", llm_url="", llm_model=""))
    ours: list[float] = []
    bare: list[float] = []
    first: list[float] = []
    stages: list[Mapping[str, float]] = []
    with assistant.library, Bare(home, domain) as raw:
        for question in questions[:3]:  # both sides load their models
            _answer(assistant, question)
            raw.query(question)
        for number, question in enumerate(list(questions) * rounds):
            tell(f"asking: question {number + 1}/{rounds * len(questions)}")
            if number % 2:
                bare.append(raw.query(question))
            seconds, sentence, answer = _answer(assistant, question)
            if number % 2 == 0:
                bare.append(raw.query(question))
            ours.append(seconds)
            first += [sentence] if sentence else []
            stages.append(answer.timings_ms)
    return Measure(
        name="asking, warm",
        ours=median(ours),
        bare=median(bare),
        ratio=ratio_of_medians(ours, bare),
        goal="at most 2",
        turns=len(ours),
        notes={
            "first sentence, median ms": 1000 * median(first) if first else 0.0,
            **{f"{name}, median ms": median(each.get(name, 0.0) for each in stages) for name in stages[0]},
        },
    )


def _answer(assistant: Assistant, question: str) -> tuple[float, float, Answer]:
    """Seconds to the whole answer, seconds to its first sentence (0 when it has none), and the answer."""
    from assistant.types import Answer, AnswerSentence, Question

    start, first = time.perf_counter(), 0.0
    for step in assistant.stream(Question(text=question)):
        if isinstance(step, AnswerSentence) and not first:
            first = time.perf_counter() - start
    assert isinstance(step, Answer)
    return time.perf_counter() - start, first, step


class Bare:
    """Query embedding, raw Chroma query and raw FTS5 query over a home's own indexes."""

    def __init__(self, home: Path, domain: Domain) -> None:
        import sqlite3

        import chromadb
        from chromadb.config import Settings

        from corpus.database import FILE_NAME
        from corpus.embedding import MiniLM

        self._embedder = MiniLM()
        client = chromadb.PersistentClient(path=str(home / "vectors"), settings=Settings(anonymized_telemetry=False))
        self._collection = client.get_collection(f"plumbline-{domain}", embedding_function=None)
        self._database = sqlite3.connect(f"file:{home / FILE_NAME}?mode=ro", uri=True)
        self._sql = f"SELECT rowid FROM words_{domain} WHERE words_{domain} MATCH ? ORDER BY rank LIMIT {FOUND}"  # noqa: S608

    def __enter__(self) -> Bare:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def query(self, question: str) -> float:
        """Seconds that the three steps take."""
        start = time.perf_counter()
        vector = self._embedder.query(question)
        self._collection.query(query_embeddings=[vector.tolist()], n_results=FOUND)
        # Short words are left out: looking up "the" and "of" would make the bare side look slow.
        words = [word for word in re.findall(r"\w+", question) if len(word) > 3]
        self._database.execute(self._sql, [" OR ".join(f'"{word}"' for word in words) or '""']).fetchall()
        return time.perf_counter() - start


def ingesting(pdfs: Sequence[Path], *, rounds: int, tell: Tell) -> Measure:
    """New homes made of the PDFs, against the bare loop making as many chunks of the same text."""
    from corpus.embedding import MiniLM
    from corpus.library import Library
    from corpus.vectors import Chroma

    if not pdfs:
        raise UsageError(f"the documents to ingest are not there: {PDFS} (name their folder with --documents)")
    embedder = MiniLM()
    embedder.query("load the model")
    ours, bare, chunks, pages = [], [], 0, 0
    for turn in range(rounds):
        tell(f"ingesting: round {turn + 1}/{rounds}, plumbline")
        with TemporaryDirectory() as place:
            start = time.perf_counter()
            with Library.open(
                Path(place), embedder=embedder, vectors=Chroma(folder=Path(place) / "vectors")
            ) as library:
                chunks = library.ingest(pdfs, domain=DOMAIN, validated_by="benchmark").passages
            ours.append(time.perf_counter() - start)
        tell(f"ingesting: round {turn + 1}/{rounds}, bare loop")
        seconds, pages = _bare_ingestion(pdfs, chunks, embedder.texts)
        bare.append(seconds)
    return Measure(
        name="ingesting, speed",
        ours=median(ours),
        bare=median(bare),
        ratio=ratio_of_medians(bare, ours),
        goal="at least 0.8",
        turns=rounds,
        notes={"pages": pages, "passages": chunks, "pages a second": pages / median(ours)},
    )


def _bare_ingestion(pdfs: Sequence[Path], chunks: int, embed: Callable[[Sequence[str]], Any]) -> tuple[float, int]:
    """Seconds and pages of the loop that everybody writes first, cutting the text into about so many chunks."""
    import chromadb
    from chromadb.config import Settings
    from pypdf import PdfReader

    with TemporaryDirectory() as place:
        start = time.perf_counter()
        client = chromadb.PersistentClient(path=place, settings=Settings(anonymized_telemetry=False))
        collection = client.create_collection("bare", embedding_function=None)
        pages = [page.extract_text() for pdf in pdfs for page in PdfReader(pdf).pages]
        size = max(1, sum(map(len, pages)) // max(chunks, 1))
        texts = [piece for page in pages for piece in _pieces(page, size)]
        for first in range(0, len(texts), BATCH):
            batch = texts[first : first + BATCH]
            ids = [str(first + index) for index in range(len(batch))]
            collection.add(ids=ids, embeddings=embed(batch), documents=batch)
        return time.perf_counter() - start, len(pages)


def _pieces(page: str, size: int) -> Iterable[str]:
    """The page cut into equal pieces of about `size` characters."""
    count = max(1, round(len(page) / size))
    cuts = [round(index * len(page) / count) for index in range(count + 1)]
    return (piece for start, end in pairwise(cuts) if (piece := page[start:end]).strip())


def starting(home: Path, questions: Sequence[str], *, rounds: int, tell: Tell) -> Measure:
    """A question to a new process, against importing the libraries in a new process."""
    ask = [sys.executable, "-c", "from assistant.cli import main; main()", "ask", "--home", str(home), "--json"]
    bare_import = [sys.executable, "-c", f"import {', '.join(LIBRARIES)}"]
    ours, bare = [], []
    for turn in range(rounds + 1):
        tell(f"starting: round {turn}/{rounds}")
        ours.append(_process([*ask, questions[turn % len(questions)]]))
        bare.append(_process(bare_import))
    # The first round fills the disk's cache for both.
    return Measure(
        name="starting, cold ask",
        ours=median(ours[1:]),
        bare=median(bare[1:]),
        ratio=ratio_of_medians(ours[1:], bare[1:]),
        goal="at most 0.5",
        turns=rounds,
        notes={},
    )


def _process(command: Sequence[str]) -> float:
    """Seconds that the command takes; RuntimeError when it fails."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")
    return time.perf_counter() - start


def as_text(measures: Sequence[Measure]) -> str:
    """The table for a terminal."""
    lines = [f"{'':20}{'ours':>10}{'bare':>10}  {'ratio [95%]':26}{'goal':15}turns"]
    for each in measures:
        lines.append(
            f"{each.name:20}{_seconds(each.ours):>10}{_seconds(each.bare):>10}  {each.ratio!s:26}{each.goal:15}"
            f"{each.turns}"
        )
        lines += [f"    {name}: {value:.0f}" for name, value in each.notes.items()]
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """What it ran on; absolute times mean nothing without."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{1000 * value:.0f} ms"


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="plumbline bench speed", description="Speed here, against the bare libraries.")
    parser.add_argument("--documents", type=Path, default=DOCUMENTS, help="default: ../shared/data/documents")
    parser.add_argument("--home", type=Path, default=Path("reports/homes"), help="where the corpus is kept")
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where speed.json goes")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument("--only", choices=NAMES, action="append", help="one of the three; may be repeated")
    parser.add_argument("--json", action="store_true", help="the report as JSON on standard output")
    return parser.parse_args(arguments)
