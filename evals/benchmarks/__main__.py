"""One benchmark: `python -m evals.benchmarks NAME [options]`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("retrieval", "speed", "scale")


def main() -> int:
    """Run the benchmark that is named, or say which there are."""
    arguments = sys.argv[1:]
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: plumbline bench {{{','.join(NAMES)}}} [options]", file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    result: int = importlib.import_module(f"evals.benchmarks.{arguments[0]}").main(arguments[1:])
    return result


if __name__ == "__main__":
    sys.exit(main())
