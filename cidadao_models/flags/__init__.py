"""Red flags: one file per flag, found by its name, each an observable fact with its norm.

Runs the flags over prepared records and says which could not be checked. Reads no files and
gives no overall score.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from cidadao_models.findings import NotEvaluated, Reason, words
from cidadao_models.records import FIELDS

if TYPE_CHECKING:
    import pandas as pd

Needs = tuple[str | tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One fact about one or several records.

    `rows` are labels of the table's index, `facts` plain Python values (those that the flag's
    `explain` quotes and others), `weight` in [0, 1] the strength of this fact alone.
    """

    rows: Sequence[int]
    facts: Mapping[str, object]
    weight: float


Check = Callable[..., Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Flag:
    """A red flag: what it needs, the words of its finding, and the check that finds it."""

    id: str
    title: str
    legal_basis: str
    needs: Needs
    explain: str
    innocent: str
    next_step: str
    params: Mapping[str, object]
    check: Check

    def missing(self, present: set[str]) -> tuple[str, ...]:
        """Needed fields that are not there; of alternatives the first stands for all."""
        lacking: list[str] = []
        for need in self.needs:
            names = (need,) if isinstance(need, str) else need
            if not present.intersection(names):
                lacking.append(names[0])
        return tuple(lacking)

    def hits(self, prepared: pd.DataFrame, **params: object) -> Iterator[Hit]:
        """The check's hits, with some settings changed. ValueError on an unknown setting."""
        unknown = set(params) - set(self.params)
        if unknown:
            raise ValueError(f"{self.id}: unknown settings {sorted(unknown)}")
        return self.check(prepared, **{**self.params, **params})

    def reason(self, hit: Hit) -> Reason:
        """The hit in words. KeyError when the explanation quotes a fact that is not there."""
        return Reason(
            id=self.id,
            title=self.title,
            explanation=words.fill(self.explain, hit.facts),
            legal_basis=self.legal_basis,
            innocent=self.innocent,
            next_step=self.next_step,
            facts=hit.facts,
            weight=hit.weight,
        )


def flag(
    *,
    id: str,
    title: str,
    legal_basis: str,
    needs: Needs,
    explain: str,
    innocent: str,
    next_step: str,
    params: Mapping[str, object] | None = None,
) -> Callable[[Check], Flag]:
    """Make a check a flag. ValueError when anything about it is malformed."""

    def decorate(check: Check) -> Flag:
        settings = dict(params or {})
        made = Flag(id, title, legal_basis, needs, explain, innocent, next_step, settings, check)
        _validate(made)
        return made

    return decorate


def _validate(made: Flag) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", made.id):
        raise ValueError(f"flag id {made.id!r} is not a snake-case name")
    for name in ("title", "legal_basis", "explain", "innocent", "next_step"):
        if not getattr(made, name).strip():
            raise ValueError(f"flag {made.id}: {name} is empty")
    if not words.placeholders(made.explain):
        raise ValueError(f"flag {made.id}: the explanation quotes no fact")
    named = {name for need in made.needs for name in ((need,) if isinstance(need, str) else need)}
    if not named or named - set(FIELDS):
        raise ValueError(f"flag {made.id}: needs {sorted(named - set(FIELDS)) or 'nothing'}")
    signature = inspect.signature(made.check).parameters.values()
    keywords = {p.name for p in signature if p.kind is inspect.Parameter.KEYWORD_ONLY}
    if keywords != set(made.params):
        raise ValueError(f"flag {made.id}: params and the check's keywords differ")


@lru_cache(maxsize=1)
def _flags() -> tuple[Flag, ...]:
    found = []
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        if module.startswith("_"):
            continue
        check = importlib.import_module(f"{__name__}.{module}").check
        if not isinstance(check, Flag) or check.id != module:
            raise ValueError(f"{module}.py must hold the flag {module!r} as `check`")
        found.append(check)
    return tuple(found)


def all_flags() -> list[Flag]:
    """Every flag in this folder, by id. ValueError when one is malformed or misnamed."""
    return list(_flags())


def prepare(
    records: pd.DataFrame,
    *,
    extra: pd.DataFrame | Callable[[], pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """The records with the derived columns that flags and models share (see `_peers.derive`).

    `_prorrogado`: growth that yearly extensions explain; `_duplicata`: group of identical records.

    `extra`: the source's unrecognised columns with the same index (or a function that gives
    them, called only when needed): records that differ there are not repeated ones.
    """
    from cidadao_models.flags import _duplicates, _extensions, _peers

    prepared = _peers.derive(records)
    prepared["_prorrogado"] = _extensions.explained(prepared)
    prepared["_duplicata"] = _duplicates.identical(prepared, extra)
    return prepared


@dataclass(slots=True)
class FlagRun:
    """What the flags found: reasons by record number, and the checks that were not made."""

    reasons: list[tuple[int, Reason]] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)


def run(
    prepared: pd.DataFrame, *, params: Mapping[str, Mapping[str, object]] | None = None
) -> FlagRun:
    """All flags over the records from `prepare`; `params` changes settings by flag id.

    One `(row, reason)` for each record named by a hit; the records of one hit share the reason.
    ValueError on an unknown flag or setting.
    """
    changed = params or {}
    flags = _flags()
    unknown = set(changed) - {one.id for one in flags}
    if unknown:
        raise ValueError(f"unknown flags {sorted(unknown)}")
    present = _present(prepared)
    answer = FlagRun()
    for one in flags:
        missing = one.missing(present)
        if missing:
            answer.not_evaluated.append(_not_evaluated(one, missing))
            continue
        for hit in one.hits(prepared, **changed.get(one.id, {})):
            reason = one.reason(hit)
            answer.reasons.extend((int(row), reason) for row in hit.rows)
    return answer


def _present(prepared: pd.DataFrame) -> set[str]:
    """Canonical fields with at least one value."""
    return {name for name in prepared.columns if name in FIELDS and prepared[name].count()}


def _not_evaluated(one: Flag, missing: tuple[str, ...]) -> NotEvaluated:
    labels = ", ".join(FIELDS[name].label for name in missing)
    verb = "falta" if len(missing) == 1 else "faltam"
    return NotEvaluated(one.id, one.title, f"não verificado: {verb} {labels}", missing)
