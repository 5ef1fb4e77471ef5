"""`plumbline rank` and `plumbline policy …`: what they do and what they print."""

from __future__ import annotations

import json as json_module
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from assistant.commands import BadRow, Row, rows
from assistant.policy import rows as reading
from assistant.policy.types import PolicyError, Version
from assistant.policy.versions import PRIOR, Versions, to_json
from corpus.errors import UsageError

if TYPE_CHECKING:
    from assistant.ratings.types import Rating
    from assistant.settings import Settings
    from corpus.embedding import Embedder

ACTIONS = ("train", "show", "list", "promote", "rollback")


def rank(settings: Settings, source: str, *, json: bool) -> int:
    """The order of each row's candidates; how many rows failed."""
    from assistant.build import make_embedder
    from assistant.policy.features import features
    from assistant.policy.head import order, score

    embedder, (serving, head) = make_embedder(settings), Versions(settings.home).serving()
    failed = 0
    for row in rows(None, source, name="question"):
        try:
            if isinstance(row, BadRow):
                raise UsageError(row.reason)
            question, choices = reading.read_question(row)
        except UsageError as error:
            failed += 1
            _show_bad([BadRow(line=row.line, id=row.id, reason=str(error))], json=json)
            continue
        ordered = order(score(head, choices, features(question, choices, embedder=embedder)))
        _show_ranking(row, ordered, serving, json=json)
    return failed


def _show_ranking(row: Row, ordered: Iterable[Any], serving: str, *, json: bool) -> None:
    if json:
        ordered = list(ordered)
        _print(
            {
                "id": row.id,
                "ranking": [each.id for each in ordered],
                "scores": {each.id: round(each.rating, 6) for each in ordered},
                "probability_good": {each.id: round(each.good, 6) for each in ordered},
                "policy_version": serving,
            }
        )
        return
    sys.stdout.write(f"{row.id or row.line}\n")
    for place, each in enumerate(ordered, start=1):
        sys.stdout.write(f"{place:>4}  {each.rating:.2f}  {each.good:>4.0%} good  {each.id}\n")


def policy(settings: Settings, action: str, version_id: str | None, ratings: str | None, *, json: bool) -> int:
    """One of ACTIONS; how many rows of ratings were bad. Raises UsageError when the options do not go together."""
    if ratings is not None and action != "train":
        raise UsageError("only 'train' takes --ratings")
    if version_id is not None and action not in ("show", "promote"):
        raise UsageError(f"'policy {action}' takes no version")
    versions = Versions(settings.home)
    match action:
        case "train":
            return _train(settings, versions, ratings, json=json)
        case "list":
            _show_list(versions, json=json)
        case "show":
            _show_one(versions, version_id, json=json)
        case "promote":
            if version_id is None:
                raise UsageError("'policy promote' needs the version's id; 'policy list' shows them")
            with versions.lock():
                _show_version(versions.promote(version_id), serving=True, json=json)
        case "rollback":
            with versions.lock():
                back = versions.rollback()
            _show_one(versions, None if back == PRIOR else back, json=json)
        case _:
            raise UsageError(f"there is no 'policy {action}'; there are {', '.join(ACTIONS)}")
    return 0


def _train(settings: Settings, versions: Versions, source: str | None, *, json: bool) -> int:
    """From a file, or from the ratings that the home keeps."""
    from assistant.build import make_embedder
    from assistant.policy.training import prepare, train

    good, bad = _kept(settings) if source is None else reading.read_ratings(rows(None, source, name=""))
    if not good:
        _show_bad(bad, json=False)
        where = source or "this home ('plumbline ratings import' brings some)"
        raise PolicyError(f"there is no rating that can be used in {where}")
    with versions.lock():
        embedder: Embedder = make_embedder(settings)
        version = train(prepare(good, embedder=embedder), current=versions.current())
        versions.add(version)
    if json:
        listed = [{"line": each.line, "reason": each.reason} for each in bad]
        _print({**to_json(version, serving=version.promoted), "bad_rows": listed})
    else:
        _show_version(version, serving=version.promoted, json=False)
    _show_bad(bad, json=False)
    return len(bad)


def _kept(settings: Settings) -> tuple[list[Rating], list[BadRow]]:
    from assistant.ratings.store import Ratings

    with Ratings(settings.home) as ratings:
        return list(ratings.all()), []


def _show_list(versions: Versions, *, json: bool) -> None:
    serving = versions.serving_id()
    found = versions.all()
    if json:
        _print({"serving": serving, "versions": [to_json(each, serving=each.id == serving) for each in found]})
        return
    sys.stdout.write(f"{'*' if serving == PRIOR else ' '} {PRIOR}\n")
    for each in found:
        sys.stdout.write(
            f"{'*' if each.id == serving else ' '} {each.id}  {each.data['ratings']} ratings  {each.why}\n"
        )


def _show_one(versions: Versions, version_id: str | None, *, json: bool) -> None:
    serving = versions.serving_id()
    wanted = version_id or serving
    if wanted != PRIOR:
        _show_version(versions.get(wanted), serving=wanted == serving, json=json)
    elif json:
        _print({"version": PRIOR, "serving": serving == PRIOR, "why": "nothing has been learnt from ratings yet"})
    else:
        sys.stdout.write("prior, serving: nothing has been learnt from ratings yet\n")


def _show_version(version: Version, *, serving: bool, json: bool) -> None:
    fields = to_json(version, serving=serving)
    if json:
        _print(fields)
        return
    ours = version.figures["ours"]
    sys.stdout.write(
        f"{version.id}{', serving' if serving else ''}\n"
        f"  {'promoted' if version.promoted else 'not promoted'}: {version.why}\n"
        f"  {version.data['ratings']} ratings of {version.data['questions']} questions by {version.data['raters']} "
        f"raters\n  held out: concordance {ours['concordance']:.3f}, Spearman {ours['spearman']:.3f}, "
        f"calibration error {ours['ece']:.3f}\n"
    )
    for name, weight in list(fields["weights"].items())[:10]:
        sys.stdout.write(f"  {name:<20} {weight:+.2f}\n")


def _show_bad(bad: Iterable[BadRow], *, json: bool) -> None:
    for each in bad:
        sys.stderr.write(f"plumbline: line {each.line}: {each.reason}\n")
        if json:
            _print({"id": each.id, "line": each.line, "error": each.reason})


def _print(value: object) -> None:
    sys.stdout.write(json_module.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()
