"""Red flags: one file per flag, found by its name, each an observable fact with its norm.

Runs the flags over prepared records and says which could not be checked. Reads no files and
gives no overall score.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from cidadao_models.findings import NotEvaluated, Reason, words
from cidadao_models.records import FIELDS

if TYPE_CHECKING:
    import pandas as pd

Needs = tuple[str | tuple[str, ...], ...]

SANCTIONS = "sancoes"
"""What a flag needs that no record holds: a list of sanctions given beside the records."""

LABELS = {name: field.label for name, field in FIELDS.items()} | {
    SANCTIONS: "lista de sanções (CEIS ou CNEP)"
}
"""How a reader knows each thing that a flag may need."""


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
    """A red flag: what it needs, the words of its finding, and the check that finds it.

    `method` says in Portuguese how it decides and what it leaves out, `example` holds the facts of
    an invented finding. A `context` flag never makes a finding alone: its weights stay at or
    below `_strength.CONTEXT`. `unless` gives the reason why these records can't be judged, or "".
    """

    id: str
    title: str
    legal_basis: str
    needs: Needs
    explain: str
    innocent: str
    next_step: str
    params: Mapping[str, object]
    check: Check
    method: str
    example: Mapping[str, object]
    context: bool = False
    unless: Callable[[pd.DataFrame], str] | None = None

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
    method: str,
    example: Mapping[str, object],
    params: Mapping[str, object] | None = None,
    context: bool = False,
    unless: Callable[[pd.DataFrame], str] | None = None,
) -> Callable[[Check], Flag]:
    """Make a check a flag. ValueError when anything about it is malformed."""

    def decorate(check: Check) -> Flag:
        settings = dict(params or {})
        made = Flag(
            id, title, legal_basis, needs, explain, innocent, next_step, settings, check, method,
            example, context, unless,
        )  # fmt: skip
        _validate(made)
        return made

    return decorate


def _validate(made: Flag) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", made.id):
        raise ValueError(f"flag id {made.id!r} is not a snake-case name")
    for name in ("title", "legal_basis", "explain", "innocent", "next_step", "method"):
        if not getattr(made, name).strip():
            raise ValueError(f"flag {made.id}: {name} is empty")
    if not words.placeholders(made.explain):
        raise ValueError(f"flag {made.id}: the explanation quotes no fact")
    if words.placeholders(made.explain) - set(made.example):
        raise ValueError(f"flag {made.id}: the example lacks facts that the explanation quotes")
    named = {name for need in made.needs for name in ((need,) if isinstance(need, str) else need)}
    if not named or named - set(LABELS):
        raise ValueError(f"flag {made.id}: needs {sorted(named - set(LABELS)) or 'nothing'}")
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
    sanctions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The records with the derived columns that flags and models share (see `_peers.derive`).

    `_prorrogado`: growth that yearly extensions explain; `_duplicata`: group of identical records;
    where the records are bids, the columns of `_tenders.derive`;
    with `sanctions` (canonical records of a CEIS or CNEP list) the columns of `_sanctions.match`.

    `extra`: the source's unrecognised columns with the same index (or a function that gives
    them, called only when needed): records that differ there are not repeated ones.
    """
    from cidadao_models.flags import _duplicates, _extensions, _peers, _tenders

    prepared = _peers.derive(records)
    if "licitacao_id" in prepared:
        prepared = prepared.assign(**_tenders.derive(prepared))
    prepared["_prorrogado"] = _extensions.explained(prepared)
    prepared["_duplicata"] = _duplicates.identical(prepared, extra)
    if sanctions is not None:
        from cidadao_models.flags import _sanctions

        for name, column in _sanctions.match(prepared, sanctions).items():
            prepared[name] = column
    return prepared


@dataclass(slots=True)
class FlagRun:
    """What the flags found, hit by hit, and the checks that were not made.

    Words are written only when asked for: most hits of context flags are never shown.
    """

    hits: list[tuple[Flag, Hit]] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[int, Reason]]:
        """One `(row, reason)` for each record named; the records of one hit share the reason."""
        return list(self._worded(None))

    def strongest(self) -> dict[int, float]:
        """Greatest weight of each record named."""
        best: dict[int, float] = {}
        for _, hit in self.hits:
            weight = hit.weight
            for row in hit.rows:
                if best.get(row, -1.0) < weight:
                    best[int(row)] = weight
        return best

    def reasons_of(self, rows: Collection[int]) -> dict[int, list[Reason]]:
        """Every reason of the given records."""
        found: dict[int, list[Reason]] = {}
        for row, reason in self._worded(set(rows)):
            found.setdefault(row, []).append(reason)
        return found

    def counts(self) -> dict[str, int]:
        """Number of records that each flag names, whatever the weight."""
        named: dict[str, set[int]] = {}
        for one, hit in self.hits:
            named.setdefault(one.id, set()).update(map(int, hit.rows))
        return {flag_id: len(rows) for flag_id, rows in named.items()}

    def _worded(self, wanted: set[int] | None) -> Iterator[tuple[int, Reason]]:
        for one, hit in self.hits:
            rows = [int(row) for row in hit.rows if wanted is None or row in wanted]
            if rows:
                reason = one.reason(hit)
                yield from ((row, reason) for row in rows)


def run(
    prepared: pd.DataFrame, *, params: Mapping[str, Mapping[str, object]] | None = None
) -> FlagRun:
    """All flags over the records from `prepare`; `params` changes settings by flag id.

    ValueError on an unknown flag or setting.
    """
    from cidadao_models.flags import _shared

    changed = params or {}
    flags = _flags()
    unknown = set(changed) - {one.id for one in flags}
    if unknown:
        raise ValueError(f"unknown flags {sorted(unknown)}")
    present = _present(prepared)
    answer = FlagRun()
    with _shared.remembering(prepared) as table:
        for one in flags:
            skipped = not_evaluated(one, table, present)
            if skipped is not None:
                answer.not_evaluated.append(skipped)
                continue
            answer.hits.extend((one, hit) for hit in one.hits(table, **changed.get(one.id, {})))
    return answer


def not_evaluated(
    one: Flag, prepared: pd.DataFrame, present: set[str] | None = None
) -> NotEvaluated | None:
    """Why the flag can't judge these records, or None when it can."""
    missing = one.missing(_present(prepared) if present is None else present)
    if missing:
        labels = ", ".join(LABELS[name] for name in missing)
        verb = "falta" if len(missing) == 1 else "faltam"
        return NotEvaluated(one.id, one.title, f"não verificado: {verb} {labels}", missing)
    reason = one.unless(prepared) if one.unless is not None else ""
    return NotEvaluated(one.id, one.title, f"não verificado: {reason}") if reason else None


def _present(prepared: pd.DataFrame) -> set[str]:
    """Canonical fields with at least one value, and the sanctions where a list was given."""
    found = {name for name in prepared.columns if name in FIELDS and prepared[name].count()}
    return found | {SANCTIONS} if "_sancao" in prepared else found
