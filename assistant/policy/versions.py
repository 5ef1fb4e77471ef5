"""What was learnt, as files in `home/policy`: one a version, and `serving.json`, which names those that served.

Each file is written beside its place, brought to the disk and moved there in one step, so a training that is killed
leaves what serves as it was. One process at a time trains or promotes; the system takes the lock back when it dies.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from assistant.policy.features import FEATURES, VERSION
from assistant.policy.head import prior
from assistant.policy.types import LEVELS, Head, Model, PolicyError, RaterStanding, Version

PRIOR = "prior"
"""Name of what serves when nothing has been learnt."""
SERVING = "serving.json"
LOCK = "training.lock"
_ID = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{8}")


class Versions:
    """The versions of one home."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "policy"

    def serving(self) -> tuple[str, Head]:
        """Id and head of what serves; PRIOR and the prior when nothing has been promoted.

        Raises PolicyError when the file of the version that should serve is gone, damaged or of other features.
        """
        serving = self.serving_id()
        if serving == PRIOR:
            return PRIOR, prior()
        return serving, self.get(serving).head

    def serving_id(self) -> str:
        """Id of what serves, PRIOR when nothing has been promoted."""
        return next(reversed(self._history()), PRIOR)

    def current(self) -> Version | None:
        """The version that serves; None while it is the prior, or when its file cannot be used any more."""
        serving = self.serving_id()
        if serving == PRIOR:
            return None
        try:
            return self.get(serving)
        except PolicyError:
            return None

    def all(self) -> tuple[Version, ...]:
        """All versions that can be read, oldest first."""
        found = []
        for file in sorted(self.folder.glob("*.json")):
            if _ID.fullmatch(file.stem):
                try:
                    found.append(_read(file))
                except PolicyError:
                    continue
        return tuple(found)

    def get(self, version_id: str) -> Version:
        """One version. Raises PolicyError when there is none of that id, or its file cannot be used."""
        file = self.folder / f"{version_id}.json"
        if not _ID.fullmatch(version_id) or not file.is_file():
            raise PolicyError(f"there is no version {version_id!r} of the policy head")
        version = _read(file)
        if version.head.features != VERSION or len(version.head.model.weights) != len(FEATURES):
            raise PolicyError(f"version {version_id} was made for other features; train again")
        return version

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held while somebody trains or promotes. Raises PolicyError when another does, or the home is not writable."""
        import filelock

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            held = filelock.FileLock(self.folder / LOCK)
            held.acquire(timeout=0)
        except filelock.Timeout:
            raise PolicyError("another training of the policy head is running on this home") from None
        except OSError as error:
            raise PolicyError(f"cannot write to {self.folder}: {error.strerror or error}") from None
        try:
            yield
        finally:
            held.release()

    def add(self, version: Version) -> None:
        """Keep a version; it serves from now on if it was promoted. The caller holds the lock."""
        _write(self.folder / f"{version.id}.json", _to_json(version))
        if version.promoted:
            self._serve(version.id)

    def promote(self, version_id: str) -> Version:
        """Let a version serve, whatever its figures say. The caller holds the lock."""
        version = self.get(version_id)
        self._serve(version_id)
        return version

    def rollback(self) -> str:
        """Let that serve again which served before; its id. The caller holds the lock.

        Raises PolicyError when nothing served before.
        """
        history = self._history()
        if not history:
            raise PolicyError("nothing to go back to: the prior serves, and nothing did before it")
        before = history[:-1]
        if before:
            self.get(before[-1])
        _write(self.folder / SERVING, {"served": before})
        return before[-1] if before else PRIOR

    def _serve(self, version_id: str) -> None:
        history = self._history()
        if not history or history[-1] != version_id:
            _write(self.folder / SERVING, {"served": [*history, version_id]})

    def _history(self) -> list[str]:
        """What served, oldest first; the last one does now."""
        file = self.folder / SERVING
        try:
            served = json.loads(file.read_bytes())["served"]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise PolicyError(f"{file} cannot be read: {error}") from None
        if not isinstance(served, list) or not all(isinstance(each, str) for each in served):
            raise PolicyError(f"{file} cannot be read: 'served' is not a list of ids")
        return served


def _write(file: Path, value: Mapping[str, Any]) -> None:
    """All of it or nothing. Raises PolicyError when it cannot be written."""
    temporary = ""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".tmp")
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise PolicyError(f"cannot write {file}: {error.strerror or error}") from None


def to_json(version: Version, *, serving: bool) -> dict[str, Any]:
    """A version as a person or program reads it: without its weights by position, with those of features by name."""
    fields = _to_json(version)
    fields.pop("folds")
    head = fields.pop("head")
    named = dict(zip(FEATURES, head["model"]["weights"], strict=False))
    fields["weights"] = dict(sorted(named.items(), key=lambda pair: -abs(pair[1])))
    return {"version": fields.pop("id"), "serving": serving, **fields}


def _to_json(version: Version) -> dict[str, Any]:
    return asdict(
        replace(version, data=dict(version.data), settings=dict(version.settings), raters=dict(version.raters))
    )


def _read(file: Path) -> Version:
    try:
        fields = json.loads(file.read_bytes())
        head = fields.pop("head")
        version = Version(
            **{
                **fields,
                "head": Head(
                    model=_model(head["model"]),
                    calibration=(float(head["calibration"][0]), float(head["calibration"][1])),
                    features=head["features"],
                ),
                "folds": tuple(_model(each) for each in fields["folds"]),
                "raters": {name: RaterStanding(**each) for name, each in fields["raters"].items()},
            }
        )
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise PolicyError(f"{file} cannot be read: {error}") from None
    return version


def _model(fields: Mapping[str, Any]) -> Model:
    model = Model(
        weights=tuple(float(each) for each in fields["weights"]),
        thresholds=tuple(float(each) for each in fields["thresholds"]),
    )
    if len(model.thresholds) != LEVELS - 1:
        raise ValueError("the thresholds are not four")
    return model
