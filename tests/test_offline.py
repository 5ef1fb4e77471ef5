"""Nothing leaves the machine: ingest, ask and serve run while every attempt to leave is noted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("offline_run.py")
ROOT = Path(__file__).parents[1]
OWN_NETWORK = ["unshare", "--map-root-user", "--net"]
"""A process with a network of its own, in which there is nothing but loopback."""


def own_network() -> list[str]:
    """How to start such a process; nothing where the system does not allow it."""
    if (
        shutil.which("unshare")
        and subprocess.run([*OWN_NETWORK, "true"], capture_output=True, check=False).returncode == 0
    ):
        return OWN_NETWORK
    return []


def run(folder: Path, *options: str) -> dict[str, Any]:
    (folder / "docs").mkdir()
    (folder / "docs" / "pump.md").write_text(
        "# Pump P-100\n\n## Oil filter\n\nThe oil filter of the pump is changed every 500 hours of operation.\n"
    )
    command = [*own_network(), sys.executable, str(PROGRAM), str(folder), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.slow
def test_nothing_leaves_the_machine(tmp_path: Path) -> None:
    report = run(tmp_path)
    assert (report["added"], report["asked"], report["served"]) == (1, "answered", "answered")
    assert report["attempts"] == []
    assert not report["unroutable"]


def test_leaving_would_be_noticed(tmp_path: Path) -> None:
    report = run(tmp_path, "--leak")
    assert len(report["attempts"]) == 2
    if own_network():
        assert report["native"] != 0
        assert report["unroutable"] > 0, "native code is noticed too"
