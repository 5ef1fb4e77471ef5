"""Where documents come from and who stands behind them: manifests, and what follows from them.

A manifest is TOML (one `[[document]]` table each) or CSV (a header row, then one row each). Its keys are the fields of
`Entry` and of `types.Provenance`; `file` is relative to the manifest's folder. Lists are arrays in TOML and separated
by `;` in CSV. Dates are written 2026-01-31.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from corpus.errors import ManifestError
from corpus.ingest.sources import ROWS_SUFFIXES, absolute, slug
from corpus.types import Provenance

TEXTS = ("file", "id", "sha256", "title", "publisher", "edition", "series", "scope", "licence", "url", "validated_by")
DATES = ("published", "valid_until", "validated_on")
LISTS = ("sources", "supersedes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a manifest says of one file."""

    file: Path
    """Absolute path."""
    id: str = ""
    """The document's id; empty: made from the file's name."""
    sha256: str = ""
    """What the file's bytes must hash to; empty: anything."""
    provenance: Provenance
    """With an empty title where the manifest gives none."""


def provenance_of(
    *,
    entry: Entry | None,
    before: Provenance | None,
    same_bytes: bool,
    title: str,
    validated_by: str,
    today: date,
    stated_url: str = "",
) -> Provenance:
    """The provenance of a document that is being ingested.

    `entry` is what the manifest says, `before` what was known, `same_bytes` whether the file is still the one that was
    known then; `title` is what it is indexed under, `stated_url` what it says of itself. A manifest replaces all that
    was known, except that: a validation outlives a manifest that is silent on it, as long as the bytes are the same
    (nobody has looked at the new ones); a withdrawal outlives everything but removing the document. `validated_by`
    (with `today`) counts where nobody else validated it.
    """
    known = before or Provenance(title=title)
    result = entry.provenance if entry else known
    result = replace(
        result,
        title=title,
        url=result.url or stated_url,
        withdrawn_by=known.withdrawn_by,
        withdrawn_on=known.withdrawn_on,
    )
    if not (entry and entry.provenance.validated_by):
        kept = known if same_bytes else Provenance(title="")
        result = replace(result, validated_by=kept.validated_by, validated_on=kept.validated_on)
    if validated_by and not result.validated_by:
        result = replace(result, validated_by=validated_by, validated_on=today)
    return result


def today() -> date:
    """The day that it is here, on which expiry depends."""
    return datetime.now(tz=UTC).astimezone().date()


def load(manifest: Path) -> dict[Path, Entry]:
    """The entries of a manifest by absolute path.

    Raises ManifestError, in one line with the place in the file, when it can't be read, has unknown keys, bad dates,
    missing files, an id or a file twice, or documents that supersede each other in a circle.
    """
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ManifestError(f"manifest {manifest}: {reason}") from error
    match manifest.suffix.lower():
        case ".toml":
            tables = _toml(manifest, text)
        case ".csv":
            tables = _csv(manifest, text)
        case _:
            raise ManifestError(f"manifest {manifest}: its name must end in .toml or .csv")
    entries: dict[Path, Entry] = {}
    ids: dict[str, Path] = {}
    for place, table in tables:
        entry = _entry(manifest, place, table)
        if entry.file in entries:
            raise ManifestError(f"{manifest}, {place.of('file')}: {entry.file.name} is listed twice")
        if entry.id and entry.id in ids:
            raise ManifestError(f"{manifest}, {place.of('id')}: the id {entry.id!r} is given twice")
        entries[entry.file] = entry
        ids[entry.id or slug(entry.file.stem)] = entry.file
    circle = find_circle({name: entries[file].provenance.supersedes for name, file in ids.items()})
    if circle:
        raise ManifestError(f"{manifest}: documents supersede each other in a circle: {' → '.join(circle)}")
    return entries


def find_circle(supersedes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A circle of ids, each superseding the next and the last one the first, which is repeated; empty when none is."""
    done: set[str] = set()
    for start in supersedes:
        path: list[str] = []
        open_: list[Iterator[str]] = [iter((start,))]
        while open_:
            following = next(open_[-1], None)
            if following is None:
                open_.pop()
                if path:
                    done.add(path.pop())
            elif following in path:
                return (*path[path.index(following) :], following)
            elif following not in done:
                path.append(following)
                open_.append(iter(supersedes.get(following, ())))
    return ()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the manifest an entry stands: its lines by key, and the line it begins on."""

    line: int
    lines: Mapping[str, int]

    def of(self, key: str) -> str:
        return f"line {self.lines.get(key, self.line)}"


def _toml(manifest: Path, text: str) -> Iterator[tuple[_Place, Mapping[str, object]]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"manifest {manifest}: {error}") from error
    tables = content.pop("document", [])
    if content or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        extra = ", ".join(map(repr, content)) or "'document'"
        raise ManifestError(f"manifest {manifest}: expected [[document]] tables only, found {extra}")
    places = _toml_places(text)
    for number, table in enumerate(tables):
        yield places[number] if number < len(places) else _Place(1, {}), table


def _toml_places(text: str) -> list[_Place]:
    """Lines of the tables and their keys; the parser doesn't tell, so they are looked for."""
    places: list[_Place] = []
    lines: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[\[\s*document\s*\]\]", line):
            lines = {}
            places.append(_Place(number, lines))
        elif key := re.match(r"\s*[\"']?([\w-]+)[\"']?\s*=", line):
            lines.setdefault(key[1], number)
    return places


def _csv(manifest: Path, text: str) -> Iterator[tuple[_Place, Mapping[str, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    try:
        names = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        if "file" not in names:
            raise ManifestError(f"manifest {manifest}: its first row must name the columns, 'file' among them")
        for row in reader:
            if None in row or None in row.values():
                raise ManifestError(f"{manifest}, line {reader.line_num}: {len(names)} columns expected")
            given: dict[str, object] = {key: value.strip() for key, value in row.items() if value.strip()}
            for key in LISTS:
                if key in given:
                    given[key] = [part.strip() for part in str(given[key]).split(";") if part.strip()]
            yield _Place(reader.line_num, {}), given
    except csv.Error as error:
        raise ManifestError(f"{manifest}, line {reader.line_num + 1}: {error}") from error


def _entry(manifest: Path, place: _Place, table: Mapping[str, object]) -> Entry:
    for key in table:
        if key not in TEXTS + DATES + LISTS:
            known = ", ".join(TEXTS + DATES + LISTS)
            raise ManifestError(f"{manifest}, {place.of(key)}: unknown key {key!r}; known are {known}")
    values = {key: _value(key, value, f"{manifest}, {place.of(key)}") for key, value in table.items()}
    name, identity, sha256 = (str(values.pop(key, "")) for key in ("file", "id", "sha256"))
    if not name:
        raise ManifestError(f"{manifest}, {place.of('file')}: 'file' is missing")
    file = absolute(manifest.absolute().parent / name)
    if not file.is_file():
        raise ManifestError(f"{manifest}, {place.of('file')}: no such file: {name}")
    if sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", sha256):
        raise ManifestError(f"{manifest}, {place.of('sha256')}: sha256 must be 64 hexadecimal digits")
    if identity and file.suffix.lower() in ROWS_SUFFIXES:
        raise ManifestError(f"{manifest}, {place.of('id')}: the ids of a JSON Lines file stand in the file itself")
    values.setdefault("title", "")
    return Entry(file=file, id=identity, sha256=sha256.lower(), provenance=Provenance(**values))  # type: ignore[arg-type]  # checked above


def _value(key: str, value: object, where: str) -> str | date | tuple[str, ...]:
    if key in DATES:
        return _date(key, value, where)
    if key in LISTS:
        items = [value] if isinstance(value, str) else value
        if isinstance(items, list) and all(isinstance(item, str) for item in items):
            return tuple(sorted(set(items))) if key == "supersedes" else tuple(items)
        raise ManifestError(f"{where}: {key} must be a list of texts")
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    if key == "edition" and isinstance(value, date):
        return value.isoformat()
    raise ManifestError(f"{where}: {key} must be a text")


def _date(key: str, value: object, where: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ManifestError(f"{where}: {key} must be a date like 2026-01-31, not {str(value)[:40]!r}") from None
