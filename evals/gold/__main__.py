"""Ask the golden questions and report: `python -m evals.gold --data ../shared/data`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from corpus.types import DOMAINS, Domain
from evals.gold.cases import Case, load
from evals.gold.judge import Outcome, judge
from evals.gold.report import as_html, as_json, as_text

FOLDERS: dict[Domain, tuple[str, ...]] = {
    "medical": ("medical/fda_labels", "medical/medquad", "medical/openstax_anatomy/contents"),
    "legal": ("legal/contracts", "legal/GDPR_en.html", "legal/EU_AI_Act_2024.md"),
    "engineering": (
        "engineering/ocpp",
        "engineering/nist_sp800_63_3",
        "engineering/nasa_standards",
        "engineering/nasa_papers",
    ),
}
"""What is ingested for each domain, below documents/ of the development data."""


def main() -> int:
    """Ingest what is missing, ask, judge, write the report."""
    options = _options()
    documents = options.data / "documents"
    if not documents.is_dir():
        print(f"no documents at {documents}; name the development data with --data", file=sys.stderr)
        return 2
    cases = load(options.domain, options.questions) if options.questions else load(options.domain)
    outcomes = run(cases, documents, options.home)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "gold.json").write_text(
        json.dumps(as_json(outcomes), indent=1, ensure_ascii=False), encoding="utf-8"
    )
    (options.out / "gold.html").write_text(as_html(outcomes), encoding="utf-8")
    print(as_text(outcomes))
    print(f"every answer: {options.out / 'gold.html'}", file=sys.stderr)
    return 0


def run(cases: tuple[Case, ...], documents: Path, home: Path) -> list[Outcome]:
    """Ask each question of an assistant that has all documents of all the domains asked about."""
    from rich.console import Console
    from rich.progress import track

    from assistant import quiet
    from assistant.build import build
    from assistant.settings import load as settings
    from assistant.types import Question
    from corpus.types import Progress

    quiet.silence()
    console = Console(stderr=True)
    assistant = build(settings(home))
    try:
        for domain in DOMAINS:
            if any(case.domain == domain for case in cases):
                with console.status(f"taking in the {domain} documents") as status:

                    def tell(step: Progress) -> None:
                        status.update(f"{step.stage} {step.done}/{step.total} {step.file}")

                    paths = [documents / folder for folder in FOLDERS[domain]]
                    assistant.library.ingest(paths, domain=domain, validated_by="evaluation", progress=tell)
        return [
            judge(case, assistant.ask(replace(Question(text=case.question), id=case.id)))
            for case in track(cases, "asking", console=console)
        ]
    finally:
        assistant.library.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="plumbline eval gold", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the development data")
    parser.add_argument(
        "--home", type=Path, default=Path("reports/gold-home"), help="kept, so that a second run is quick"
    )
    parser.add_argument("--out", type=Path, default=Path("reports"), help="where gold.json and gold.html go")
    parser.add_argument("--domain", choices=DOMAINS, help="one domain alone")
    parser.add_argument("--questions", type=Path, help="a folder with other questions in the same format")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
