"""The golden questions from the command line: `python -m evals.gold`, or `plumbline eval gold`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant import quiet
from assistant.errors import AssistantError
from corpus.errors import CorpusError, ServiceUnavailable
from corpus.types import DOMAINS
from evals.gold.cases import FOLDER, load
from evals.gold.homes import DOCUMENTS
from evals.gold.report import as_html, as_json, as_text, failures
from evals.gold.run import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask, judge, write the report, print the headline. 0 done; 2 bad usage or no documents; 3 a service is missing."""
    options = _options(arguments)
    quiet.silence()
    try:
        return _evaluate(options)
    except (CorpusError, AssistantError) as error:
        print(f"plumbline: {error}", file=sys.stderr)
        return 3 if isinstance(error, ServiceUnavailable) else 2


def _evaluate(options: argparse.Namespace) -> int:
    from rich.console import Console

    cases = load(options.questions, options.domain)
    console = Console(stderr=True)
    with console.status("starting") as status:
        outcomes = run(
            cases, documents=options.documents, folder=options.home, together=options.together, tell=status.update
        )
    report = as_json(outcomes)
    options.out.mkdir(parents=True, exist_ok=True)
    written = json.dumps(report, indent=1, ensure_ascii=False)
    (options.out / "gold.json").write_text(written, encoding="utf-8")
    (options.out / "gold.html").write_text(as_html(outcomes), encoding="utf-8")
    if options.json:
        print(json.dumps(report["figures"], ensure_ascii=False))
    else:
        print(as_text(outcomes))
    print(f"{len(failures(outcomes))} failures in full: {options.out / 'gold.html'}", file=sys.stderr)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="plumbline eval gold", description="Ask questions with known answers over real documents, and report."
    )
    parser.add_argument(
        "--documents", type=Path, default=DOCUMENTS, help="folder of the documents (default: ../shared/data/documents)"
    )
    parser.add_argument("--domain", choices=DOMAINS, help="one domain alone")
    parser.add_argument("--together", action="store_true", help="all domains' documents in one corpus")
    parser.add_argument("--questions", type=Path, default=FOLDER, help="other questions: a JSON Lines file or a folder")
    parser.add_argument(
        "--home", type=Path, default=Path("reports/homes"), help="where the corpora are kept, so that re-runs are quick"
    )
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where gold.json and gold.html go")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
