"""Suppliers that bid together, and buyers and suppliers that meet, far more than chance.

Finds who meets whom; meeting often is no agreement, and what is agreed it cannot see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models import records as fields
from cidadao_models.findings import NotEvaluated
from cidadao_models.flags._outcomes import WON, outcomes
from cidadao_models.flags._rivals import (
    MAX_BIDDERS,
    MIN_GROUP,
    MIN_RATIO,
    MIN_TENDERS,
    Links,
    are_sectors,
    by_group,
    chances,
    co_participation,
    far,
    groups,
    significant,
    within_sectors,
)
from cidadao_models.flags._sectors import sectors
from cidadao_models.models.pattern_analysis import _shape, concentration
from cidadao_models.models.pattern_analysis._shape import Bools, Floats, Found, Ints, Pattern

RING_ID, RING_TITLE = "licitam_juntos", "Empresas que disputam juntas muito além do acaso"
TIE_ID, TIE_TITLE = "comprador_e_fornecedor", "Comprador e fornecedor ligados além do acaso"

MIN_PURCHASES = 5
"""Fewest purchases between a buyer and a supplier worth showing."""

SUPPLIER_SHARE, BUYER_SHARE = 0.5, 0.2
"""Least shares of the supplier's and of the buyer's purchases that their tie must hold."""

MAX_SHOWN = 50
"""Groups, and ties, shown; the rest is counted."""


# -- bidders -----------------------------------------------------------------------------------


def bidders(bids: pd.DataFrame) -> Found:
    """Groups of bidders that meet in far more tenders than chance would have them meet.

    `bids`: `licitacao_id`, `fornecedor_id` and optionally `fornecedor` and `vencedor`, one row a
    bid; `rows` of a pattern are labels of its index.
    """
    lacking = _shape.lacking(bids, "licitacao_id", "fornecedor_id")
    if lacking:
        return [], [_shape.missing_fields(RING_ID, RING_TITLE, *lacking)]
    entries, notes = _entries(bids)
    active = _active(entries)
    if len(np.unique(entries.bidder[active])) < MIN_GROUP:
        reason = f"menos de {MIN_GROUP} empresas aparecem em {MIN_TENDERS} licitações"
        return [], [*notes, _shape.skipped(RING_ID, RING_TITLE, reason)]
    links = co_participation(entries.tender, entries.bidder, least=MIN_TENDERS, min_ratio=MIN_RATIO)
    n_active = len(np.unique(entries.bidder[active]))
    chosen = significant(links.p_value, n_active * (n_active - 1) // 2)
    chosen &= far(links, np.bincount(entries.bidder, minlength=1))
    sector = sectors(bids, entries.tender, entries.position)
    if sector is not None:
        tests = n_active * (n_active - 1) // 2
        links, chosen = within_sectors(links, chosen, entries.tender, entries.bidder, sector, tests)
    found = groups(links, chosen, entries.tender, entries.bidder)
    if are_sectors(found, n_active):
        reason = "muitas empresas do arquivo andam juntas, como é comum em ramos e regiões"
        return [], [*notes, _shape.skipped(RING_ID, RING_TITLE, reason)]
    notes += _rest(RING_ID, RING_TITLE, len(found), "grupos")
    kept = np.flatnonzero(chosen)
    found = _surest(found, links, kept)[:MAX_SHOWN]
    parts = by_group(found, links.a[kept], entries.bidder, entries.row_bidder)
    answer = []
    for nodes, edges, mine, rows in zip(found, *parts, strict=True):
        inside = kept[edges]
        inside = inside[np.isin(links.b[inside], nodes)]
        answer.append(_ring(bids, entries, links, inside, mine, rows))
    return answer, notes


def _surest(found: list[Ints], links: Links, kept: Ints) -> list[Ints]:
    """The groups, those with the surest links first."""
    (parts,) = by_group(found, links.a[kept])
    sure = [float(links.p_value[kept[part]].min()) for part in parts]
    return [found[k] for k in sorted(range(len(found)), key=lambda k: (sure[k], k))]


@dataclass(frozen=True, slots=True)
class _Entries:
    """Distinct participations: position of the first bid, tender and bidder codes."""

    position: Ints
    tender: Ints
    bidder: Ints
    names: list[str]
    row_tender: Ints
    row_bidder: Ints


def _entries(bids: pd.DataFrame) -> tuple[_Entries, list[NotEvaluated]]:
    tender, _ = _shape.codes(bids["licitacao_id"].astype("str"))
    bidder, names = _shape.codes(_bidder_keys(bids["fornecedor_id"]))
    tender = np.where(bids["licitacao_id"].isna().to_numpy(), -1, tender)
    known = pd.DataFrame({"tender": tender, "bidder": bidder})
    first = ~known.duplicated().to_numpy() & (tender >= 0) & (bidder >= 0)
    size = np.bincount(tender[first], minlength=int(tender.max(initial=0)) + 1)
    crowded = size[tender] > MAX_BIDDERS
    at = np.flatnonzero(first & ~crowded)
    notes = []
    if (size > MAX_BIDDERS).any():
        n = int((size > MAX_BIDDERS).sum())
        reason = f"{n} licitações com mais de {MAX_BIDDERS} participantes ficaram de fora"
        notes.append(_shape.skipped(RING_ID, RING_TITLE, reason))
    return _Entries(at, tender[at], bidder[at], names, tender, bidder), notes


def _bidder_keys(documents: pd.Series) -> pd.Series:
    """Company root of a valid CNPJ, else the document as written."""
    text = documents.astype("str").str.strip()
    root = fields.cnpj_root(text)
    key = root.where(root != "", text)
    return key.where(documents.notna() & (text != ""), None)


def _active(entries: _Entries) -> Bools:
    each = np.bincount(entries.bidder, minlength=1)
    return np.asarray(each[entries.bidder] >= MIN_TENDERS)


_RING_EXPLAIN = (
    "{n_members} empresas se encontram muito além do acaso: ao menos {min_members} delas estão"
    " juntas em {n_tenders} licitações; o par que mais se encontra disputa {n_together} vezes, e"
    " ao acaso seriam cerca de {expected:1}."
)


def _ring(
    bids: pd.DataFrame, entries: _Entries, links: Links, inside: Ints, mine: Ints, rows: Ints
) -> Pattern:
    """The pattern of one group: its links, its participations and its rows, by position."""
    best = inside[np.lexsort((inside, links.p_value[inside]))[0]]
    tenders, together = np.unique(entries.tender[mine], return_counts=True)
    tenders = tenders[together >= MIN_GROUP]
    own = np.unique(entries.row_bidder[rows])
    order = np.argsort(entries.row_bidder[rows], kind="stable")
    of_each = np.split(rows[order], np.cumsum(np.bincount(entries.row_bidder[rows])[own])[:-1])
    members = [_shape.supplier_name(bids, positions) for positions in of_each]
    rows = rows[np.isin(entries.row_tender[rows], tenders)]
    p = min(1.0, float(links.p_value[inside].max()))
    ratio = float(np.median(links.count[inside] / np.maximum(links.expected[inside], 0.1)))
    facts: dict[str, object] = {
        "n_members": len(members),
        "min_members": MIN_GROUP,
        "members": members,
        "n_links": len(inside),
        "density": len(inside) / (len(members) * (len(members) - 1) / 2),
        "n_tenders": len(tenders),
        "n_together": int(links.count[best]),
        "expected": float(links.expected[best]),
        "ratio": ratio,
        **_wins(bids, rows),
    }
    return _shape.pattern(
        id=RING_ID,
        type="network",
        title=RING_TITLE,
        explain=_RING_EXPLAIN,
        facts=facts,
        rows=bids.index[rows],
        p_value=p,
        strength=min(_shape.MODERATE, _shape.strength(p, ratio / MIN_RATIO)),
        innocent="as empresas forem do mesmo ramo e da mesma região, onde poucas atendem aos"
        " editais.",
        next_step="compare endereços, sócios e propostas dessas empresas e veja como as vitórias se"
        " distribuem entre elas.",
    )


def _wins(bids: pd.DataFrame, rows: Ints) -> dict[str, object]:
    """How many of the group's bids won; None where the bids do not tell."""
    if "vencedor" not in bids:
        return {"n_wins": None}
    return {"n_wins": int((outcomes(bids)[rows] == WON).sum())}


# -- buyers and suppliers ----------------------------------------------------------------------


def ties(prepared: pd.DataFrame, *, market: concentration.Purchases | None = None) -> Found:
    """Buyers and suppliers with far more purchases between them than chance would give.

    Hypergeometric on purchases (equal amounts count once), with false discoveries controlled
    over all pairs of buyer and supplier. Context only: local suppliers are ordinary. `market`:
    the table's purchases, where already known.
    """
    lacking = _shape.lacking(prepared, "_comprador", "_fornecedor", "_valor")
    if lacking:
        return [], [_shape.missing_fields(TIE_ID, TIE_TITLE, *lacking)]
    market = market or concentration.purchases(prepared)
    known = market.buyer >= 0
    buyer, supplier = market.buyer[known], market.supplier[known]
    of_buyer, of_supplier = np.bincount(buyer, minlength=1), np.bincount(supplier, minlength=1)
    n_buyers, n_suppliers = int((of_buyer > 0).sum()), int((of_supplier > 0).sum())
    if n_buyers < 2 or n_suppliers < 2:
        reason = "há um só comprador ou um só fornecedor"
        return [], [_shape.skipped(TIE_ID, TIE_TITLE, reason)]
    width = int(supplier.max()) + 1
    pair, count = np.unique(buyer * width + supplier, return_counts=True)
    b, s = np.divmod(pair, width)
    p = chances(count, len(buyer), of_buyer[b], of_supplier[s], least=MIN_PURCHASES)
    links = Links(b, s, count, of_buyer[b] * of_supplier[s] / len(buyer), p)
    shares = (count / of_supplier[s], count / of_buyer[b])
    shown = (
        significant(links.p_value, n_buyers * n_suppliers)
        & (count >= MIN_PURCHASES)
        & (count >= MIN_RATIO * links.expected)
        & (shares[0] >= SUPPLIER_SHARE)
        & (shares[1] >= BUYER_SHARE)
    )
    order = np.flatnonzero(shown)[np.lexsort((pair[shown], links.p_value[shown]))]
    return [_tie(prepared, market, links, k, shares) for k in order[:MAX_SHOWN]], _rest(
        TIE_ID, TIE_TITLE, len(order), "ligações"
    )


def _rest(id: str, title: str, n: int, what: str) -> list[NotEvaluated]:
    if n <= MAX_SHOWN:
        return []
    reason = f"há {n} {what}; só os {MAX_SHOWN} casos mais improváveis são mostrados"
    return [_shape.skipped(id, title, reason)]


def _tie(
    prepared: pd.DataFrame,
    market: concentration.Purchases,
    links: Links,
    k: int,
    shares: Sequence[Floats],
) -> Pattern:
    both = (market.buyer == links.a[k]) & (market.supplier == links.b[k])
    rows = market.records(np.flatnonzero(both))
    facts: dict[str, object] = {
        "buyer": _shape.buyer_name(prepared, rows),
        "supplier": _shape.supplier_name(prepared, rows),
        "n": int(links.count[k]),
        "expected": float(links.expected[k]),
        "supplier_share": float(shares[0][k]),
        "buyer_share": float(shares[1][k]),
        "n_records": len(rows),
    }
    ratio = float(links.count[k] / links.expected[k])
    return _shape.pattern(
        id=TIE_ID,
        type="network",
        title=TIE_TITLE,
        explain="{supplier} e {buyer} têm {n} compras entre si, {supplier_share:pct} das do"
        " fornecedor e {buyer_share:pct} das do comprador; ao acaso seriam cerca de {expected:1}.",
        facts=facts,
        rows=prepared.index[rows],
        p_value=float(links.p_value[k]),
        strength=min(_shape.CONTEXT, _shape.strength(float(links.p_value[k]), ratio / MIN_RATIO)),
        innocent="o fornecedor for da mesma cidade ou só vender o que esse comprador usa.",
        next_step="veja se outras empresas do ramo disputaram essas compras.",
    )
