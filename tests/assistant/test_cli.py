"""The command line as people, scripts and evaluators use it: output, exit codes, and mistakes in one line."""

from __future__ import annotations

import io
import json
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import cli, commands, terminal
from corpus.types import DOMAINS, Progress

PUMP = """# Pump P-100

## Oil filter

The oil filter of the pump is changed every 500 hours of operation.

## Noise

The noise of the pump stays below 72 dB(A) at one metre.
"""
QUESTION = "How often is the oil filter of the pump changed?"
PLUMBLINE = [sys.executable, "-c", "from assistant.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def plumbline(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Runs a command in this process."""
    levels = {room: logging.getLogger(room).level for room in ("assistant", "corpus", "guards", "evals")}

    def run(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as finished:
            cli.main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        assert isinstance(finished.value.code, int)
        return Outcome(finished.value.code, out, err)

    yield run
    for room, level in levels.items():
        logging.getLogger(room).setLevel(level)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one validated document, made by the command line in a process of its own."""
    folder = tmp_path_factory.mktemp("stocked")
    (folder / "pump.md").write_text(PUMP)
    command = [*PLUMBLINE, "ingest", "pump.md", "--domain", "engineering", "--validated-by", "Ada", "--home", "home"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return folder / "home"


@pytest.fixture
def pump(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pump.md").write_text(PUMP)
    return tmp_path / "docs"


# -- the whole


def test_every_command_is_listed_and_takes_home_and_json(plumbline: Any) -> None:
    listed = plumbline("--help").out
    for command in ("ingest", "documents", "search", "ask", "verify", "ratings", "serve", "bench", "eval"):
        assert f"\n  {command}" in listed
    for command in (["ingest"], ["search"], ["ask"], ["verify"], ["serve"]):
        assert {"--home", "--json"} <= set(plumbline(*command, "--help").out.split())
    for command in ("list", "show", "validate", "withdraw", "remove", "quarantine"):
        assert {"--home", "--json"} <= set(plumbline("documents", command, "--help").out.split())
    for command in ("import", "export"):
        assert {"--home", "--json"} <= set(plumbline("ratings", command, "--help").out.split())


def test_version(plumbline: Any) -> None:
    assert plumbline("--version").out.startswith("plumbline 0.")


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    heavy = "chromadb gradio guardrails langchain_core llama_index numpy onnxruntime pydantic pypdf rich sqlalchemy"
    program = f"""
import sys
from assistant.cli import main
try:
    main(["--help"])
finally:
    loaded = set({heavy.split()!r}) & set(sys.modules)
    assert not loaded, loaded
"""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.6


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["ask"],
        ["ask", "one", "two"],
        ["ask", "x", "--input", "y"],
        ["ask", "--input", "/no/such/file"],
        ["ask", "x", "--domain", "astrology"],
        ["search", "x", "--k", "0"],
        ["search", "x", "--k", "many"],
        ["search", "--input", "/"],
        ["ingest"],
        ["ingest", "/no/such/path", "--domain", "medical"],
        ["ingest", "."],
        ["ingest", ".", "--starter"],
        ["ingest", ".", "--domain", "medical", "--manifest", "/no/such/file"],
        ["documents", "show"],
        ["documents", "show", "nothing"],
        ["documents", "remove", "nothing"],
        ["documents", "validate", "nothing", "--by", "Ada"],
        ["documents", "list", "--status", "odd"],
        ["verify"],
        ["serve", "--port", "99999"],
        ["eval", "mood"],
    ],
)
def test_a_mistake_is_one_line_and_code_2(
    plumbline: Any, arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = plumbline(*arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("plumbline: ")
    assert outcome.err.count("\n") == 1


def test_a_wrong_setting_is_one_line_and_code_2(plumbline: Any, home: Path) -> None:
    home.mkdir()
    (home / "settings.toml").write_text("chroma_url = 'nowhere'")
    outcome = plumbline("ask", "x", "--home", home)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "chroma_url" in outcome.err


@pytest.mark.parametrize("variable", ["EMBED", "CHROMA"])
def test_a_service_that_is_down_is_code_3(
    plumbline: Any, pump: Path, home: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(f"PLUMBLINE_{variable}_URL", "http://127.0.0.1:1/v1")
    if variable == "EMBED":
        monkeypatch.setenv("PLUMBLINE_EMBED_MODEL", "m")
    outcome = plumbline("ingest", pump, "--domain", "engineering", "--home", home, "--json")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (3, "", 1)


# -- documents


def test_documents_come_and_go(plumbline: Any, pump: Path, home: Path) -> None:
    (pump / "empty.pdf").write_bytes(b"")
    report = plumbline("ingest", pump, "--domain", "engineering", "--home", home, "--json")
    assert report.code == 1, "a file that cannot be read is a failed item"
    assert set(report.json) == {
        "added",
        "updated",
        "unchanged",
        "removed",
        "quarantined",
        "failed",
        "passages",
        "seconds",
    }
    assert report.json["added"] == 1
    (bad,) = report.json["quarantined"]
    assert bad["path"].endswith("empty.pdf")
    assert bad["reason"]

    (listed,) = plumbline("documents", "quarantine", "--home", home, "--json").json["quarantined"]
    assert listed["path"] == bad["path"]
    assert "empty.pdf" in plumbline("documents", "quarantine", "--home", home).out

    (document,) = plumbline("documents", "list", "--home", home, "--json").json["documents"]
    assert (document["status"], document["file"], document["domain"]) == ("unvalidated", "pump.md", "engineering")
    name = document["id"]
    assert plumbline("ask", QUESTION, "--home", home, "--json").json["status"] == "abstained"

    assert plumbline("documents", "validate", name, "--home", home).code == 2, "somebody must do it"
    validated = plumbline("documents", "validate", name, "--by", "Ada", "--home", home, "--json").json
    assert (validated["status"], validated["validated_by"]) == ("validated", "Ada")
    assert plumbline("ask", QUESTION, "--home", home, "--json").json["status"] == "answered"
    assert plumbline("documents", "list", "--status", "validated", "--home", home).out.startswith(name)
    assert plumbline("documents", "list", "--domain", "legal", "--home", home).out == "no documents\n"

    withdrawn = plumbline("documents", "withdraw", name, "--by", "Bob", "--home", home, "--json").json
    assert withdrawn["status"] == "withdrawn"
    assert "withdrawn by   Bob" in plumbline("documents", "show", name, "--home", home).out

    assert plumbline("documents", "remove", name, "--home", home, "--json").json == {"removed": name}
    assert plumbline("documents", "list", "--home", home, "--json").json == {"documents": []}
    (pump / "empty.pdf").unlink()
    again = plumbline("ingest", pump, "--domain", "engineering", "--validated-by", "Ada", "--home", home)
    assert again.code == 0
    assert again.out.startswith("1 added, 0 updated")
    assert plumbline("documents", "quarantine", "--home", home).out == "nothing is quarantined\n"
    assert "removed" in plumbline("documents", "remove", name, "--home", home).out


def test_the_starter_corpus_is_taken_in_once(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from assistant.settings import load
    from corpus import starter
    from corpus.embedding import Hashing
    from corpus.library import Library
    from corpus.vectors import InMemory

    small = {}
    for domain in DOMAINS:
        (tmp_path / domain).mkdir()
        (tmp_path / domain / f"{domain}.md").write_text(PUMP.replace("pump", f"{domain} pump"))
        (tmp_path / f"{domain}.toml").write_text(f'[[document]]\nfile = "{domain}/{domain}.md"\ntitle = "{domain}"\n')
        small[domain] = (tmp_path / domain, tmp_path / f"{domain}.toml")
    monkeypatch.setattr(starter, "starter_paths", lambda: small)
    with Library.open(load(home).home, embedder=Hashing(), vectors=InMemory()) as library:
        first = commands.ingest_starter(library, lambda _: None)
        second = commands.ingest_starter(library, lambda _: None)
    assert (first.added, first.unchanged) == (3, 0)
    assert (second.added, second.unchanged) == (0, 3)


# -- searching


def test_search_as_json(plumbline: Any, stocked: Path) -> None:
    outcome = plumbline("search", "oil filter", "--k", "1", "--home", stocked, "--json")
    assert outcome.code == 0
    (hit,) = outcome.json["hits"]
    assert set(hit) == {"passage_id", "document_id", "file", "score", "page", "start", "end", "text"}
    assert hit["file"] == "pump.md"
    assert PUMP[hit["start"] : hit["end"]] == hit["text"]


def test_search_for_people(plumbline: Any, stocked: Path) -> None:
    out = plumbline("search", "oil filter", "--home", stocked).out
    assert "pump.md, page 1" in out
    assert "every 500 hours" in out
    assert plumbline("search", "oil filter", "--domain", "legal", "--home", stocked).out == "nothing found\n"


def test_many_searches(plumbline: Any, stocked: Path, tmp_path: Path) -> None:
    source = tmp_path / "queries.jsonl"
    source.write_bytes(
        b'\xef\xbb\xbf{"id": 7, "query": "noise"}\n\nnot json\n[1]\n{"id": "x"}\n{"id": "y", "query": "\xff"}\n'
        b'{"id": "z", "query": 5}\n{"id": "e", "query": " "}\n{"id": "s", "query": "\\ud800 noise\\u0000"}\n'
    )
    outcome = plumbline("search", "--input", source, "--home", stocked, "--json")
    assert outcome.code == 1
    assert [each["id"] for each in outcome.lines] == [7, None, None, "x", None, "z", "e", "s"]
    assert [each["line"] for each in outcome.lines if "error" in each] == [3, 4, 5, 6, 7, 8]
    assert [bool(each["hits"]) for each in outcome.lines if "hits" in each] == [True, True]
    assert outcome.err.count("plumbline: line ") == 6


def test_an_empty_query_is_listed(plumbline: Any, stocked: Path) -> None:
    outcome = plumbline("search", " ", "--home", stocked, "--json")
    assert (outcome.code, outcome.out) == (1, "")
    assert "the query is empty" in outcome.err


# -- asking

ANSWER = {
    *("id", "status", "text", "sentences", "citations", "confidence", "reason", "findings", "generator"),
    *("policy_version", "timings_ms", "trace_id"),
}
CITATION = {
    *("number", "document_id", "file", "title", "edition", "page", "start", "end", "quote", "url"),
    *("validated_by", "validated_on"),
}


def test_an_answer_as_json(plumbline: Any, stocked: Path) -> None:
    outcome = plumbline("ask", QUESTION, "--home", stocked, "--json")
    answer = outcome.json
    assert outcome.code == 0
    assert set(answer) >= ANSWER
    assert answer["status"] == "answered"
    assert answer["reason"] is None
    assert "500 hours" in answer["text"]
    assert all(sentence["citations"] for sentence in answer["sentences"])
    (citation,) = answer["citations"]
    assert set(citation) >= CITATION
    assert PUMP[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["validated_by"] == "Ada"
    assert set(answer["timings_ms"]) == {"guard_in", "retrieve", "generate", "verify", "rank", "guard_out", "total"}


def test_an_answer_for_people(plumbline: Any, stocked: Path) -> None:
    out = plumbline("ask", QUESTION, "--home", stocked).out
    assert "every 500 hours of operation. [1]" in out
    assert "[1] pump.md: Pump P-100; validated by Ada" in out
    assert "“The oil filter of the pump is changed every 500 hours of operation.”" in out


def test_abstaining_names_the_nearest_documents(plumbline: Any, stocked: Path) -> None:
    outcome = plumbline("ask", "Who painted the ceiling of the chapel?", "--home", stocked)
    assert outcome.code == 0
    assert outcome.out.startswith("The documents don't say.")
    assert "pump.md" in outcome.out


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("", "refused"),
        ("   ", "refused"),
        ("???", "refused"),
        ("word " * 20_000, "refused"),
        ("Wie oft wird der Filter der Pumpe gewechselt und wer macht das?", "refused"),
        (f"{QUESTION}\x00", "answered"),
        (f"{QUESTION} \udcff", "answered"),
        ("<script>alert(1)</script> [bold]what[/bold]", "abstained"),
    ],
)
def test_odd_questions_get_clean_answers(plumbline: Any, stocked: Path, question: str, status: str) -> None:
    outcome = plumbline("ask", question, "--home", stocked, "--json")
    assert (outcome.code, outcome.json["status"]) == (0, status)
    assert plumbline("ask", question, "--home", stocked).code == 0


def test_many_questions(plumbline: Any, stocked: Path) -> None:
    rows = [
        {"id": "a", "question": QUESTION},
        {
            "id": "b",
            "question": "How often is it changed?",
            "history": [
                {"role": "user", "content": "Tell me about the oil filter of the pump."},
                {"role": "assistant", "text": "It cleans the oil."},
            ],
            "domain": "engineering",
        },
        {"id": "c", "question": "x", "domain": "astrology"},
        {"id": "d", "question": "x", "history": "no"},
        {"id": "e", "question": "x", "history": [{"role": "system", "content": "no"}]},
        {"id": "f", "question": "x", "history": [{"role": "user", "content": 5}]},
        {"question": QUESTION},
    ]
    stdin = "".join(json.dumps(row) + "\n" for row in rows).encode()
    outcome = plumbline("ask", "--input", "-", "--home", stocked, "--json", stdin=stdin)
    assert outcome.code == 1
    by_id = {each["id"]: each for each in outcome.lines}
    assert by_id["a"]["status"] == by_id["b"]["status"] == "answered"
    assert all("error" in by_id[name] for name in "cdef")
    assert by_id.keys() > set("abcdef"), "a question without an id gets one"

    human = plumbline("ask", "--input", "-", "--home", stocked, stdin=stdin)
    assert human.code == 1
    assert human.out.count("[1] pump.md") == 3
    assert "line 3: no such domain" in human.err


def test_nothing_ingested_yet_is_an_honest_answer(plumbline: Any, home: Path) -> None:
    outcome = plumbline("ask", QUESTION, "--home", home, "--json")
    assert (outcome.code, outcome.json["status"], outcome.json["nearest"]) == (0, "abstained", [])


# -- verifying


def test_verify(plumbline: Any, home: Path) -> None:
    evidence = ["The dose is 5 mg once daily.", "It must not be taken with grapefruit."]
    rows = [
        {"id": 1, "answer": "The dose is 5 mg once daily.", "evidence": evidence},
        {"id": 2, "answer": "The dose is 50 mg once daily.", "evidence": evidence},
        {"id": 3, "answer": "The dose is 5 mg once daily. Penguins like ice.", "evidence": evidence, "question": "?"},
        {"id": 4, "answer": "Penguins like ice.", "evidence": []},
        {"id": 5, "answer": "", "evidence": evidence},
        {"id": 6, "answer": "The dose is 5 mg."},
    ]
    stdin = "".join(json.dumps(row) + "\n" for row in rows).encode()
    outcome = plumbline("verify", "--input", "-", "--home", home, "--json", stdin=stdin)
    assert outcome.code == 1
    *checked, bad = outcome.lines
    labels = ["supported", "contradicted", "partial", "unsupported", "unsupported"]
    assert [each["label"] for each in checked] == labels
    assert "evidence" in bad["error"]
    first, second = checked[2]["sentences"]
    assert set(first) >= {"text", "start", "end", "label", "score", "evidence"}
    assert (first["label"], first["evidence"]) == ("supported", 0)
    assert rows[2]["answer"][second["start"] : second["end"]] == second["text"] == "Penguins like ice."

    human = plumbline("verify", "--input", "-", "--home", home, stdin=stdin)
    assert "2: contradicted" in human.out
    assert not home.exists(), "verifying needs no corpus"


# -- the rough edges of terminals


def start(arguments: Sequence[object], **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PLUMBLINE, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


def test_a_reader_that_goes_away(stocked: Path, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text('{"id": 1, "query": "noise"}\n' * 500)
    process = start(["search", "--input", tmp_path / "many.jsonl", "--home", stocked, "--json"])
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 1
    assert process.stderr.read() == b""
    process.stderr.close()


def test_ctrl_c_between_questions(stocked: Path) -> None:
    with start(["ask", "--input", "-", "--home", stocked, "--json"], stdin=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(json.dumps({"id": 1, "question": QUESTION}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1, "answered as soon as asked"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b""


def test_closed_standard_input(stocked: Path) -> None:
    script = f'exec "$@" ask --input - --home {stocked} <&-'
    outcome = subprocess.run(["sh", "-c", script, "-", *PLUMBLINE], capture_output=True, check=False)
    assert outcome.returncode == 2
    assert outcome.stderr == b"plumbline: standard input is closed\n"


def test_output_in_a_plain_locale(stocked: Path) -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    with start(["ask", QUESTION, "--home", stocked], env=environment) as process:
        out, err = process.communicate()
    assert process.returncode == 0
    assert "“" in out.decode()
    assert err == b""


# -- serving


def test_serve_says_where_answers_and_stops(stocked: Path) -> None:
    with start(["serve", "--port", "0", "--home", stocked, "--json"]) as process:
        assert process.stdout
        assert process.stderr
        try:
            url = json.loads(process.stdout.readline())["url"]
            with urllib.request.urlopen(f"{url}/", timeout=30) as page:
                assert b"Plumbline" in page.read()
            request = urllib.request.Request(
                f"{url}/api/ask",
                data=json.dumps({"question": QUESTION}).encode(),
                headers={"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=30) as response:
                assert json.load(response)["status"] == "answered"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert b"Traceback" not in process.stderr.read()


def test_a_port_in_use_is_one_line(plumbline: Any, stocked: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        outcome = plumbline("serve", "--port", taken.getsockname()[1], "--home", stocked)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "--port names another" in outcome.err


def test_a_home_that_cannot_be_written_is_read(
    plumbline: Any, stocked: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from corpus.errors import HomeNotWritable
    from corpus.library import Library

    opened = Library.open

    def protected(home: Path, *, writable: bool = True, **parts: Any) -> Library:
        if writable:
            raise HomeNotWritable(f"{home} cannot be written")
        return opened(home, writable=False, **parts)

    monkeypatch.setattr(Library, "open", protected)
    assert "pump.md" in plumbline("documents", "list", "--home", stocked).out
    assert plumbline("ask", QUESTION, "--home", stocked, "--json").json["status"] == "answered"
    assert plumbline("documents", "remove", "pump", "--home", stocked).code == 2
    for command in (["ask", "x"], ["documents", "list"]):
        outcome = plumbline(*command, "--home", tmp_path / "nowhere")
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert plumbline("serve", "--home", stocked).code == 2, "the pages keep conversations"


def test_progress_is_shown_on_a_terminal_only(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [
        Progress(stage="waiting", total=2),
        Progress(stage="reading", done=1, total=2, file="[red]a.pdf"),
        Progress(stage="indexing", done=2, total=2, passages=9),
    ]
    for shown in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda shown=shown: shown)
        with terminal.progress() as tell:
            for step in steps:
                tell(step)
        out, err = capsys.readouterr()
        assert out == ""
        assert bool(err) is shown


def test_the_address_is_shown_and_opened(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    monkeypatch.setattr(sys, "platform", "linux")
    for display in ("", ":0"):
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        terminal.open_browser("http://127.0.0.1:1")
    assert opened == ["http://127.0.0.1:1"]
    terminal.show_url("http://127.0.0.1:1", json=False)
    assert "http://127.0.0.1:1" in capsys.readouterr().out


# -- programs of the room above


def test_programs_get_their_arguments_and_give_their_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plumbline: Any
) -> None:
    (tmp_path / "program.py").write_text(
        "import sys\nprint(sys.argv[1:])\n"
        "if '--fail' in sys.argv: sys.exit(1)\nif '--say' in sys.argv: sys.exit('wrong file')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    before = list(sys.argv)
    assert commands.run_program("program", ["--home", "x"]) == 0
    assert commands.run_program("program", ["--fail"]) == 1
    with pytest.raises(commands.UsageError, match="wrong file"):
        commands.run_program("program", ["--say"])
    assert sys.argv == before

    run = []
    monkeypatch.setattr(commands, "run_program", lambda module, arguments: run.append((module, arguments)) or 0)
    assert plumbline("bench", "--json", "--home", "h").code == 0
    assert plumbline("eval", "gold", "--domain", "legal").code == 0
    assert run == [("evals.benchmarks", ["--json", "--home", "h"]), ("evals.gold", ["--domain", "legal"])]
