"""plumbline: the command line. The first door; heavy parts are imported by the command that needs them.

Standard output carries results (with `--json` nothing but JSON), standard error progress, notices and errors. Exit
codes: 0 done; 1 done, but some items failed and are listed; 2 bad usage or input; 3 a needed service is not reachable.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from assistant import quiet
from corpus.types import Domain, Status

if TYPE_CHECKING:
    from assistant.settings import Settings

FAILED, BAD, UNREACHABLE, STOPPED = 1, 2, 3, 130

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of all state; default $PLUMBLINE_HOME or ~/.plumbline.")
]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, and nothing else there.")]
Input = Annotated[str | None, typer.Option("--input", help="JSON Lines, one item a line; - for standard input.")]
InDomain = Annotated[Domain | None, typer.Option("--domain", help="Search this domain only.")]
Unvalidated = Annotated[
    bool, typer.Option("--include-unvalidated", help="Also what is unvalidated, superseded or expired.")
]
By = Annotated[str, typer.Option("--by", help="Who does this.")]
Id = Annotated[str, typer.Argument(metavar="ID")]
RatingsFile = Annotated[Path, typer.Argument(metavar="F.jsonl", help="JSON Lines, one rating a line.")]

app = typer.Typer(
    help="Answers to medical, legal and engineering questions in which every sentence cites a validated source.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
documents = typer.Typer(help="List, show, validate, withdraw and remove documents.", no_args_is_help=True)
app.add_typer(documents, name="documents")
ratings = typer.Typer(help="Bring experts' ratings in and take them out.", no_args_is_help=True)
app.add_typer(ratings, name="ratings")
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and exits with its code. Every error that a person can cause is one line on standard error."""
    quiet.silence()
    _streams()
    try:
        code = typer.main.get_command(app).main(
            None if arguments is None else list(arguments), prog_name="plumbline", standalone_mode=False
        )
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its exit
        code = FAILED
    except (KeyboardInterrupt, click.Abort):
        code = STOPPED
    except click.ClickException as error:
        code = _fail(error.format_message(), BAD)
    except Exception as error:  # noqa: BLE001 - raised again unless it is one of ours
        code = _fail(str(error), _code_of(error))
    raise SystemExit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> int:
    typer.echo(f"plumbline: {' '.join(message.split())}", err=True)
    return code


def _code_of(error: Exception) -> int:
    """The exit code of an error raised on purpose; any other is a fault of ours and goes on with its traceback."""
    from assistant.errors import AssistantError, RatingsUnreachable
    from corpus.errors import CorpusError, ServiceUnavailable
    from guards.errors import GuardError

    match error:
        case ServiceUnavailable() | RatingsUnreachable():
            return UNREACHABLE
        case CorpusError() | AssistantError() | GuardError():
            return BAD
        case _:
            raise error


def _streams() -> None:
    """UTF-8 whatever the locale says; on standard error our own warnings, and of other libraries only errors."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    for room in ("assistant", "corpus", "guards", "evals"):
        logging.getLogger(room).setLevel(logging.WARNING)
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of other libraries to their users' programmers


def _settings(home: Path | None, **chosen: Any) -> Settings:
    from assistant.settings import load

    return load(home, **chosen)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"plumbline {version('plumbline')}")
        raise typer.Exit


@app.callback()
def _whole(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files and folders.")] = None,
    domain: Annotated[Domain | None, typer.Option("--domain", help="Where they belong; needed.")] = None,
    manifest: Annotated[Path | None, typer.Option("--manifest", help="Provenance of the files: TOML or CSV.")] = None,
    validated_by: Annotated[str, typer.Option("--validated-by", help="You have read them and stand behind them.")] = "",
    starter: Annotated[bool, typer.Option("--starter", help="Take in the starter corpus instead of paths.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Take documents in: PDF, HTML, Markdown, text, XML, DOCX, JSON Lines. Only what changed is read again."""
    if starter == bool(paths) or (paths and domain is None):
        raise click.UsageError("name the files or folders and their --domain, or --starter alone")
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library, terminal.progress() as progress:
        if starter or not paths or domain is None:
            report = commands.ingest_starter(library, progress)
        else:
            report = library.ingest(
                paths, domain=domain, manifest=manifest, validated_by=validated_by, progress=progress
            )
    terminal.show_report(report, json=json)
    if report.quarantined or report.failed:
        raise typer.Exit(FAILED)


@documents.command("list")
def list_documents(
    domain: InDomain = None,
    status: Annotated[Status | None, typer.Option("--status")] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """All documents with provenance and status."""
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library:
        terminal.show_documents(library.documents(domain=domain, status=status), json=json)


@documents.command("show")
def show_document(document_id: Id, home: Home = None, json: Json = False) -> None:
    """One document with everything that is known of it."""
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library:
        terminal.show_document(library.document(document_id), json=json)


@documents.command("validate")
def validate_document(document_id: Id, by: By = "", home: Home = None, json: Json = False) -> None:
    """Note that somebody has read the document and stands behind it; from now on it may be cited."""
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library:
        terminal.show_document(library.validate(document_id, by=by), json=json)


@documents.command("withdraw")
def withdraw_document(document_id: Id, by: By = "", home: Home = None, json: Json = False) -> None:
    """Note that somebody takes the document back; it stays listed and is never cited."""
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library:
        terminal.show_document(library.withdraw(document_id, by=by), json=json)


@documents.command("remove")
def remove_document(document_id: Id, home: Home = None, json: Json = False) -> None:
    """Take the document out of the corpus."""
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library:
        library.remove(document_id)
    terminal.show_removed(document_id, json=json)


@documents.command("quarantine")
def list_quarantine(home: Home = None, json: Json = False) -> None:
    """The files that could not be read, each with the reason."""
    from assistant import commands, terminal

    with commands.library(_settings(home)) as library:
        terminal.show_quarantine(library.quarantined(), json=json)


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(metavar="QUERY")] = None,
    input: Input = None,  # noqa: A002 - the option's name
    k: Annotated[int, typer.Option("--k", min=1, max=1000, help="How many passages.")] = 10,
    domain: InDomain = None,
    include_unvalidated: Unvalidated = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """The passages that answer best to a query, best first."""
    from assistant import commands, terminal

    rows = commands.rows(query, input, name="query")
    with commands.library(_settings(home)) as library:
        failed = terminal.show_each(
            commands.searches(library, rows, k=k, domain=domain, include_unvalidated=include_unvalidated), json=json
        )
    raise typer.Exit(FAILED if failed else 0)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION")] = None,
    input: Input = None,  # noqa: A002 - the option's name
    domain: InDomain = None,
    include_unvalidated: Unvalidated = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """Answer a question. Every sentence cites its source; where the documents don't say, the answer says so."""
    from assistant import commands, terminal

    rows = commands.rows(question, input, name="question")
    with commands.assistant(_settings(home)) as assistant:
        failed = terminal.show_each(
            commands.answers(assistant, rows, domain=domain, include_unvalidated=include_unvalidated), json=json
        )
    raise typer.Exit(FAILED if failed else 0)


@app.command()
def verify(
    input: Annotated[str, typer.Option("--input", help="JSON Lines {id, answer, evidence: [...]}; - for stdin.")],  # noqa: A002
    home: Home = None,
    json: Json = False,
) -> None:
    """Check answers against their evidence, sentence by sentence."""
    from assistant import commands, terminal

    rows = commands.rows(None, input, name="answer")
    failed = terminal.show_each(commands.verdicts(_settings(home), rows), json=json)
    raise typer.Exit(FAILED if failed else 0)


@app.command()
def rank(
    input: Annotated[str, typer.Option("--input", help="JSON Lines {id, question, candidates}; - for stdin.")],  # noqa: A002
    home: Home = None,
    json: Json = False,
) -> None:
    """Put candidate answers in the order in which experts would rate them."""
    from assistant.policy import commands

    raise typer.Exit(FAILED if commands.rank(_settings(home), input, json=json) else 0)


@app.command()
def policy(
    action: Annotated[str, typer.Argument(metavar="train|show|list|promote|rollback")],
    version: Annotated[str | None, typer.Argument(metavar="VERSION")] = None,
    ratings: Annotated[
        str | None,
        typer.Option("--ratings", help="JSON Lines of ratings; default: those kept."),
    ] = None,
    home: Home = None,
    json: Json = False,
) -> None:
    """Learn from ratings, and say which version of the head serves."""
    from assistant.policy import commands

    raise typer.Exit(FAILED if commands.policy(_settings(home), action, version, ratings, json=json) else 0)


@app.command()
def check(
    input: Annotated[  # noqa: A002
        str, typer.Option("--input", help="JSON Lines {id, messages} or {id, text, source}; - for stdin.")
    ],
    home: Home = None,
    json: Json = False,
) -> None:
    """Find and take out what steers an answer: examples, injected instructions, other roles, hidden text."""
    from assistant import commands, terminal

    _settings(home)  # a bad setting is an error here too
    failed = terminal.show_each(commands.inspections(commands.rows(None, input, name="")), json=json)
    raise typer.Exit(FAILED if failed else 0)


@ratings.command("import")
def import_ratings(file: RatingsFile, home: Home = None, json: Json = False) -> None:
    """Keep the ratings of a file: {question, answer, rating 1-5, rater, domain?, evidence?, prior_rank?, group?}."""
    from assistant import commands_ratings, terminal

    imported = commands_ratings.import_file(_settings(home).home, file)
    terminal.show_imported(imported, json=json)
    raise typer.Exit(FAILED if imported.failed else 0)


@ratings.command("export")
def export_ratings(file: RatingsFile, home: Home = None, json: Json = False) -> None:
    """Write all ratings to a file, as `import` reads them."""
    from assistant import commands_ratings, terminal

    terminal.show_exported(str(file), commands_ratings.export_file(_settings(home).home, file), json=json)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on; default 127.0.0.1.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port to listen on; default 7860, 0 for a free one.")
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the chat page, if there is a display.")] = False,
    home: Home = None,
    json: Json = False,
) -> None:
    """The chat and corpus pages and the HTTP API."""
    from assistant import commands, terminal

    def ready(url: str) -> None:
        terminal.show_url(url, json=json)
        if open_browser:
            terminal.open_browser(url)

    commands.serve(_settings(home, host=host, port=port), ready=ready)


@app.command(context_settings=PASS_ON, add_help_option=False)
def bench(context: typer.Context) -> None:
    """Measure speed here, against the bare libraries; see `plumbline bench --help`."""
    from assistant import commands

    raise typer.Exit(commands.run_program("evals.benchmarks", context.args))


@app.command("eval", context_settings=PASS_ON, add_help_option=False)
def evaluate(
    context: typer.Context, name: Annotated[str, typer.Argument(metavar="gold", help="What to evaluate.")]
) -> None:
    """Evaluate answers on questions with known answers; see `plumbline eval gold --help`."""
    from assistant import commands

    if name != "gold":
        raise click.UsageError(f"there is no evaluation {name!r}; there is gold")
    raise typer.Exit(commands.run_program("evals.gold", context.args))
