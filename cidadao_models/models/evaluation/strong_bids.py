"""Strong cases of the flags on bids, planted in an honest table of bids.

Written from the name of each flag and the literature on bid screens, not from how it is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation.honest_bids import bids
from cidadao_models.models.evaluation.planting import CASES, Planted, Rng

TENDERS = 700
RINGS = 3
RING_TENDERS = 16

Groups = list[np.ndarray]
Plant = Callable[[pd.DataFrame, Groups, Rng], Planted]


def _groups(table: pd.DataFrame) -> Groups:
    """Row labels of each tender, in order of date."""
    places = table.groupby("licitacao_id", sort=False).indices.values()
    return [np.asarray(rows, dtype=np.int64) for rows in places]


def _some(groups: Groups, least: int, k: int, rng: Rng) -> Groups:
    """k tenders of at least so many bids."""
    large = [rows for rows in groups if len(rows) >= least]
    return [large[at] for at in rng.choice(len(large), k, replace=False)]


def _write(table: pd.DataFrame, rows: np.ndarray, amounts: np.ndarray, winner: int) -> None:
    """Bids of one tender, all valid, the row at `winner` winning."""
    table.loc[rows, "valor_proposta"] = np.round(amounts, 2)
    table.loc[rows, "situacao_proposta"] = "Classificada"
    table.loc[rows, "vencedor"] = np.where(np.arange(len(rows)) == winner, "Sim", "Não")


def _identical(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """Two or three bidders of a tender bid the same to the cent, no round amount."""
    cases = _some(groups, 4, CASES, rng)
    for rows in cases:
        amounts = np.sort(table.loc[rows, "valor_proposta"].to_numpy())
        same = 2 + int(rng.integers(2))
        amounts[1 : 1 + same] = np.floor(amounts[0] * 1.043) + 0.37
        amounts[1 + same :] = np.maximum(amounts[1 + same :], amounts[1] * 1.02)
        _write(table, rows, amounts, 0)
    return Planted(table, cases)


def _little_spread(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """All bids within two thousandths of one another."""
    cases = _some(groups, 5, CASES, rng)
    for rows in cases:
        lowest = table.loc[rows, "valor_proposta"].min()
        _write(table, rows, lowest * (1 + np.sort(rng.uniform(0, 0.002, len(rows)))), 0)
    return Planted(table, cases)


def _close_second(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """The second bid lies less than a real above the winner, the others far above."""
    cases = _some(groups, 4, CASES, rng)
    for rows in cases:
        lowest = table.loc[rows, "valor_proposta"].min()
        amounts = lowest * (1 + np.sort(rng.uniform(0.08, 0.35, len(rows))))
        amounts[:2] = lowest, lowest + rng.uniform(0.01, 0.90)
        _write(table, rows, amounts, 0)
    return Planted(table, cases)


def _all_out(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """Every bid but the dearest, which wins, is disqualified."""
    cases = _some(groups, 5, CASES, rng)
    for rows in cases:
        amounts = table.loc[rows, "valor_proposta"].to_numpy()
        last = int(amounts.argmax())
        _write(table, rows, amounts, last)
        table.loc[np.delete(rows, last), "situacao_proposta"] = "Desclassificada"
    return Planted(table, cases)


def _lowest_out(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """The three lowest bids, a fifth below the winner's, are disqualified."""
    cases = _some([g for g in groups if not _works(table, g)], 6, CASES, rng)
    for rows in cases:
        amounts = np.sort(table.loc[rows, "valor_proposta"].to_numpy())
        amounts[:3] = amounts[3] * np.sort(rng.uniform(0.76, 0.84, 3))
        _write(table, rows, amounts, 3)
        table.loc[rows[:3], "situacao_proposta"] = "Desclassificada"
    return Planted(table, cases)


def _works(table: pd.DataFrame, rows: np.ndarray) -> bool:
    return bool(table["modalidade"].iloc[rows[0]] == "Concorrência")


def _firms(first: int, k: int) -> list[tuple[str, str]]:
    return [(catalogue.cnpj(first + i), f"Anel {first % 1000} {i + 1} Ltda") for i in range(k)]


def _of_members(
    table: pd.DataFrame, rows: np.ndarray, members: list[tuple[str, str]], place: int
) -> pd.DataFrame:
    """A tender's rows as those of the members alone, in one place."""
    made = table.loc[np.resize(rows[:1], len(members))].copy()
    made["fornecedor_id"] = [document for document, _ in members]
    made["fornecedor"] = [name for _, name in members]
    made["orgao"], made["municipio"] = f"Prefeitura Municipal de Roda {place}", f"Roda {place}"
    made["n_propostas"] = float(len(members))
    return made


def _rotation(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """Three rings of four firms that meet nobody else and win strictly in turn."""
    chosen = sorted(rng.choice(len(groups), RINGS * RING_TENDERS, replace=False))
    gone, made, ring_of = [], [], []
    for turn, at in enumerate(chosen):
        ring = turn % RINGS
        rows, members = groups[at], _firms(81_000_000 + 10 * ring, 4)
        part = _of_members(table, rows, members, ring + 1)
        lowest = table.loc[rows, "valor_proposta"].min()
        winner = (turn // RINGS) % 4
        amounts = lowest * (1.03 + rng.uniform(0, 0.06, 4))
        amounts[winner] = lowest
        _write_part(part, amounts, winner)
        gone += list(rows)
        made.append(part)
        ring_of += [ring] * 4
    return _joined(table.drop(index=gone), made, np.array(ring_of))


def _write_part(part: pd.DataFrame, amounts: np.ndarray, winner: int) -> None:
    part["valor_proposta"] = np.round(amounts, 2)
    part["situacao_proposta"] = "Classificada"
    part["vencedor"] = np.where(np.arange(len(part)) == winner, "Sim", "Não")


def _joined(table: pd.DataFrame, made: list[pd.DataFrame], case_of: np.ndarray) -> Planted:
    """The made rows after the table's, and the rows of each case among them."""
    joined = pd.concat([table, *made], ignore_index=True)
    tender = joined["licitacao_id"]
    joined["n_propostas"] = tender.map(tender.value_counts()).astype(float)
    rows = np.arange(len(table), len(joined))
    return Planted(joined, [rows[case_of == case] for case in np.unique(case_of)])


@dataclass(frozen=True, slots=True)
class _Extra:
    """One more losing bid in the tender of `rows`, so many times the winner's."""

    rows: np.ndarray
    document: str
    name: str
    times: float
    case: int


def _added(table: pd.DataFrame, extra: list[_Extra]) -> Planted:
    """The table with more losing bids, and the rows of each case among them."""
    made = table.loc[[one.rows[0] for one in extra]].copy()
    won = table[table["vencedor"] == "Sim"].set_index("licitacao_id")["valor_proposta"]
    times = np.array([one.times for one in extra])
    made["valor_proposta"] = (made["licitacao_id"].map(won) * times).round(2)
    made["fornecedor_id"] = [one.document for one in extra]
    made["fornecedor"] = [one.name for one in extra]
    made["vencedor"], made["situacao_proposta"] = "Não", "Classificada"
    return _joined(table, [made], np.array([one.case for one in extra]))


def _losers(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """Four firms that bid sixty times each, a little above the winner, and never win."""
    extra = []
    for number in range(4):
        ((document, name),) = _firms(82_000_000 + 10 * number, 1)
        for rows in _some(groups, 3, 60, rng):
            extra.append(_Extra(rows, document, name, float(rng.uniform(1.03, 1.12)), number))
    return _added(table, extra)


def _clique(table: pd.DataFrame, groups: Groups, rng: Rng) -> Planted:
    """Three cliques of four firms that bid in thirty tenders each, always all four together."""
    extra = []
    for number in range(RINGS):
        members = _firms(83_000_000 + 10 * number, 4)
        for rows in _some(groups, 2, 30, rng):
            for document, name in members:
                times = float(rng.uniform(1.02, 1.25))
                extra.append(_Extra(rows, document, name, times, number))
    return _added(table, extra)


IN_BIDS: Mapping[str, Plant] = {
    "propostas_identicas": _identical,
    "baixa_dispersao_das_propostas": _little_spread,
    "propostas_proximas_da_vencedora": _close_second,
    "todas_desclassificadas_menos_a_vencedora": _all_out,
    "menor_proposta_desclassificada": _lowest_out,
    "rodizio_de_vencedores": _rotation,
    "perdedores_frequentes": _losers,
    "rede_de_coparticipacao": _clique,
}
"""Flag id: how its cases are planted in a table of bids."""


def planted(flag_id: str, seed: int = 0) -> Planted:
    """An honest table of bids with strong cases of one flag. KeyError on an unknown one."""
    table = bids(TENDERS, seed)
    return IN_BIDS[flag_id](table, _groups(table), np.random.default_rng(seed + 1))
