"""One benchmark: `python -m evals.benchmarks [NAME] [options]`, or `plumbline bench`; without a name it is `speed`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("speed", "retrieval", "integrity", "guards", "grounding", "ratings")


def main() -> int:
    """Run the benchmark that is named, or say which there are."""
    name, *options = sys.argv[1:] or [NAMES[0]]
    if name.startswith("-") and name not in {"-h", "--help"}:
        name, options = NAMES[0], [name, *options]
    if name not in NAMES:
        print(f"usage: plumbline bench [{'|'.join(NAMES)}] [options]; NAME --help lists its options", file=sys.stderr)
        return 0 if name in {"-h", "--help"} else 2
    result: int = importlib.import_module(f"evals.benchmarks.{name}").main(options)
    return result


if __name__ == "__main__":
    sys.exit(main())
