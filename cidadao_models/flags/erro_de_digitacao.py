"""An amount that a slipped comma, a lost decimal or a wrong unit would explain.

Only says that such a slip would make the record ordinary; the amount may still be right.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags import Hit, _items, _prices, _strength, _tails, flag
from cidadao_models.flags._limits import large_contract
from cidadao_models.flags._peers import MIN_PEERS, codes_of, compare_with_peers
from cidadao_models.records import FIELDS

Floats = npt.NDArray[np.float64]
_OTHER_PACK = "trocar unidade por caixa"
_OTHER_PERIOD = "informar o total, ou outro período ou medida"
"""Slips that change a unit price: of things in packs, of services."""

_SERVICES = ("servico", "obra", "locacao")
"""Actions of objects that come in no box."""

_Found = Iterator[tuple[int, float, dict[str, object]]]

TENFOLD_TOLERANCE = 0.02
"""A ratio within 2 % of 10, 100, 1000 … counts as that power of ten."""

SAME_DIGITS = 0.0005
"""Two amounts with the same digits, but for rounding."""

DISCOUNT = 0.3
"""An award up to 30 % below the estimate is an ordinary discount: the power of ten is then
sought from the discounted estimate (only for factors of 100 and more)."""

MAX_POWER = 6
SMALLEST_AMOUNT = 100.0
"""R$; below it an "amount" may be a discount in percent or a unit price (Paraná, 2022)."""

NEAR_POWER, NEAR_TEN = 0.5, 0.1
"""Natural log (65 %, and 10 % for ten times): the amount divided by the power of ten must come so
close to the median."""

ALIKE_SPREAD, TIGHT_SPREAD = 1.0, 0.4
"""Largest spread of log amounts of peers that can show a slip of 100 and more, and of 10: among
more varied peers every amount is near some power of ten."""

ABSURD_MULTIPLE = 50.0
"""Times the legal mark of a very large contract (Lei 14.133/2021, art. 6º, XXII) from which the
amount of one contract is hardly credible; 50 times is about R$ 13 billion in 2026."""


@flag(
    id="erro_de_digitacao",
    title="Provável erro de digitação no valor",
    legal_basis="Lei 12.527/2011, art. 7º, IV (informação íntegra e atualizada)",
    needs=("valor",),
    explain="{problema}",
    innocent="o valor publicado estiver certo e for o outro campo que está em outra unidade.",
    next_step="compare com o valor do contrato assinado e avise o portal do erro.",
    params={"min_unit_ratio": 5.0},
    method="Confere quantidade vezes preço unitário, valores do mesmo registro que diferem por dez,"
    " cem ou mil, e valores que só fazem sentido com a vírgula em outro lugar.",
    example={
        "problema": "O valor (R$ 4.800.000,00) é cerca de 100 vezes maior que o valor estimado"
        " (R$ 48.000,00)."
    },
)
def check(contracts: pd.DataFrame, *, min_unit_ratio: float) -> Iterator[Hit]:
    """`min_unit_ratio`: fewest times the median unit price worth telling (ratio, a judgement)."""
    best: dict[int, tuple[float, dict[str, object]]] = {}
    for row, weight, facts in (
        *_quantity_times_price(contracts),
        *_against_own_reference(contracts),
        *_against_peers(contracts),
        *_absurd(contracts),
        *_unit_price(contracts, min_unit_ratio),
    ):
        if row not in best or weight > best[row][0]:
            best[row] = weight, facts
    labels = contracts.index.to_numpy()
    for row, (weight, facts) in best.items():
        yield Hit([int(labels[row])], facts, weight)


def _amount(contracts: pd.DataFrame, name: str) -> Floats:
    """A money or number column with only its positive values, else NaN."""
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    value = contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(np.isfinite(value) & (value > 0), value, np.nan)


def powers_of_ten(
    ratio: Floats, *, discount: float = 0.0, tolerance: float = TENFOLD_TOLERANCE
) -> npt.NDArray[np.int64]:
    """k where the ratio is 10**k within tolerance, 0 where it is no power of ten.

    A ratio of 100 or more may also be up to `discount` below the power.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        exponent = np.nan_to_num(np.log10(ratio), nan=0.0, posinf=0.0, neginf=0.0)
    reach = np.log10(1 + tolerance)
    k = np.rint(exponent).astype(np.int64)
    exact = np.abs(exponent - k) <= reach
    below = np.ceil(exponent - reach).astype(np.int64)
    discounted = (below >= 2) & (below - exponent <= -np.log10(1 - discount))
    power = np.where(exact, k, np.where(discounted & (discount > 0), below, 0))
    return np.where(np.abs(power) <= MAX_POWER, power, 0)


def _factor(k: int) -> str:
    return f"{words.number(10.0 ** abs(k))} vezes {'maior' if k > 0 else 'menor'}"


def _quantity_times_price(contracts: pd.DataFrame) -> _Found:
    if "quantidade" not in contracts or "valor_unitario" not in contracts:
        return
    value, quantity = _amount(contracts, "valor"), _amount(contracts, "quantidade")
    unit = _amount(contracts, "valor_unitario")
    k = powers_of_ten(value / (unit * quantity))
    # a quantity of 10 or 100 turns "unit price = total" into a power of ten: not a slipped comma
    k[np.isclose(value, unit, rtol=0.005)] = 0
    for row in np.flatnonzero(k):
        product = float(unit[row] * quantity[row])
        problem = (
            f"O valor ({words.money(value[row])}) é {_factor(int(k[row]))} que a quantidade vezes o"
            f" valor unitário ({words.number(quantity[row])} × {words.money(unit[row])} ="
            f" {words.money(product)}), como acontece com uma vírgula fora do lugar."
        )
        facts = {"valor": float(value[row]), "produto": product, "fator": 10.0 ** int(k[row])}
        yield int(row), _weight(int(k[row])), {"problema": problem, **facts}


def _weight(power: int) -> float:
    """One step beyond the bar for each power of ten."""
    return float(_strength.strength(abs(power)))


def _against_own_reference(contracts: pd.DataFrame) -> _Found:
    pairs = (
        ("valor", "valor_estimado"),
        ("valor", "valor_inicial"),
        ("valor_final", "valor_inicial"),
    )
    for name, reference in pairs:
        if name not in contracts or reference not in contracts:
            continue
        value, base = _amount(contracts, name), _amount(contracts, reference)
        k = powers_of_ten(value / base, discount=DISCOUNT)
        # ten times, or a tenth, also comes by chance: only the very same digits tell a slip
        k[(np.abs(k) == 1) & (powers_of_ten(value / base, tolerance=SAME_DIGITS) == 0)] = 0
        k[~(np.fmin(value, base) >= SMALLEST_AMOUNT)] = 0
        for row in np.flatnonzero(k):
            problem = (
                f"O {FIELDS[name].label} ({words.money(value[row])}) é cerca de"
                f" {_factor(int(k[row]))} que o {FIELDS[reference].label}"
                f" ({words.money(base[row])}), como acontece com uma vírgula fora do lugar."
            )
            facts = {name: float(value[row]), reference: float(base[row])}
            yield int(row), _weight(int(k[row])), {"problema": problem, **facts}


def _against_peers(contracts: pd.DataFrame) -> _Found:
    """Amounts that a power of ten brings back among close peers that are alike enough to tell."""
    ratio = contracts["_pares_razao"].to_numpy()
    value = contracts["_valor"].to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        exponent = np.nan_to_num(np.log10(ratio))
        told = (np.rint(exponent) != 0) & (value >= SMALLEST_AMOUNT)
    p, spread = _prices.chances(contracts), _prices.spreads(contracts)
    peers = _prices.peer_groups(contracts)
    median = contracts["_pares_mediana"].to_numpy()
    weights = _strength.from_chance(p, bar=_prices.P_BAR)
    close = _prices.is_close(contracts) & contracts["_compra"].to_numpy()
    for row in np.flatnonzero(told & _prices.rare(contracts) & close):
        power = int(np.rint(exponent[row]))
        rest = abs(exponent[row] - power) * np.log(10)
        tight = abs(power) == 1
        if rest > (NEAR_TEN if tight else NEAR_POWER):
            continue
        if spread[row] > (TIGHT_SPREAD if tight else ALIKE_SPREAD):
            continue
        if peers.is_tariff(int(row)):
            continue
        seen = peers.facts(int(row), power)
        problem = (
            f"O valor ({words.money(value[row])}) seria comum se fosse {_factor(-power)}: a mediana"
            f" de {seen['n']} registros parecidos ({seen['criterio']}) é"
            f" {words.money(median[row])}."
        )
        weight = min(float(weights[row]), _weight(power))
        yield int(row), weight, {"problema": problem, "fator": 10.0**power, **seen}


def _absurd(contracts: pd.DataFrame) -> _Found:
    """Amounts that no single purchase reaches; budget lines are not judged."""
    mark, act = large_contract()
    value = _amount(contracts, "valor")
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((value >= ABSURD_MULTIPLE * mark) & contracts["_compra"].to_numpy())
    for row in rows:
        weight = float(_strength.from_multiple(value[row], bar=ABSURD_MULTIPLE * mark))
        problem = (
            f"O valor ({words.prose_money(value[row])}) é {words.number(value[row] / mark, 0)}"
            f" vezes o de uma contratação de grande vulto ({words.money(mark)}, {act})."
        )
        yield int(row), weight, {"problema": problem, "valor": float(value[row]), "limite": mark}


def _unit_price(contracts: pd.DataFrame, min_ratio: float) -> _Found:
    """Unit prices far from those of the same description and unit: one unit against a box.

    Of services only where all ask nearly the same fee: else they differ in size.
    """
    if "valor_unitario" not in contracts or "objeto" not in contracts:
        return
    unit = _items.units(contracts)
    price = np.where(_items.whole_units(unit), np.nan, _amount(contracts, "valor_unitario"))
    fee = _items.service_units(unit) | _serves(contracts)
    item = codes_of(contracts, "objeto").codes
    keys = [(item, codes_of(contracts, "unidade").codes)] if "unidade" in contracts else [(item,)]
    peers = compare_with_peers(np.log(price), keys, minimum=(MIN_PEERS,))
    with np.errstate(invalid="ignore"):
        distance = np.log(price) - peers.median
        far = np.abs(distance) >= np.log(min_ratio)
        rows = np.flatnonzero(far & ~(fee & (peers.spread > TIGHT_SPREAD)))
    p = _tails.chance(
        np.abs(distance[rows]) / peers.spread[rows], _tails.MAD_FREEDOM * peers.n[rows]
    )
    for row, weight in zip(rows, _strength.from_chance(p), strict=True):
        if weight < _strength.BAR:
            continue
        times, median = float(np.exp(distance[row])), float(np.exp(peers.median[row]))
        many = times if times > 1 else 1 / times
        problem = (
            f"O preço unitário ({words.money(price[row])}) é {words.number(many, 1)} vezes"
            f" {'maior' if times > 1 else 'menor'} que a mediana ({words.money(median)}) de"
            f" {words.number(peers.n[row])} itens com a mesma descrição, como acontece ao"
            f" {_OTHER_PERIOD if fee[row] else _OTHER_PACK}."
        )
        facts = {"valor_unitario": float(price[row]), "mediana": median, "n": int(peers.n[row])}
        yield int(row), float(weight), {"problema": problem, **facts}


def _serves(contracts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Records whose description names a service, a rent or works."""
    groups = codes_of(contracts, "_grupo_nome")
    told = [name.split(" ", 1)[0] in _SERVICES for name in groups.texts]
    return np.array([*told, False], dtype=bool)[groups.codes]
