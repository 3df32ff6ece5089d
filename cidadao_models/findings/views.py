"""Small tables behind the charts of patterns, with the question of each and what it shows.

Plain values that travel between processes; computed by `models.pattern_analysis.views`, drawn by
`charts` and `findings.svg`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cidadao_models.findings.words import money, number, prose_money

NEARLY_ALL = 0.9
"""Share of an amount from which a reader is told that nearly all of it is one record."""


def _percent(share: float, decimals: int = 1) -> str:
    return f"{number(100 * share, decimals)} %"


@dataclass(frozen=True, slots=True)
class Curve:
    """Share of the money that the largest suppliers hold, and what chance would give them.

    `shares` and `by_chance` at even shares of the suppliers from 0 to 1; `leader_in_one`: share of
    the largest supplier's money that is one purchase.
    """

    n_suppliers: int
    n_purchases: int
    shares: np.ndarray
    by_chance: np.ndarray
    leader: str
    leader_in_one: float
    cr1: float
    cr4: float
    null_cr4: float

    title = "O dinheiro se concentra em poucos fornecedores?"

    @property
    def reading(self) -> str:
        """What the chart shows, in one sentence."""
        few = f"Os quatro maiores de {number(self.n_suppliers)} fornecedores ficam com"
        if self.n_suppliers <= 4:
            few = f"O maior de {number(self.n_suppliers)} fornecedores fica com"
            return f"{few} {_percent(self.cr1)} do dinheiro ({self.leader}{self._in_one})."
        return (
            f"{few} {_percent(self.cr4)} do dinheiro; se as mesmas {number(self.n_purchases)} "
            f"compras coubessem ao acaso, ficariam com cerca de {_percent(self.null_cr4)}. "
            f"O maior é {self.leader}, com {_percent(self.cr1)}{self._in_one}."
        )

    @property
    def _in_one(self) -> str:
        return ", quase tudo em uma só compra" if self.leader_in_one >= NEARLY_ALL else ""


@dataclass(frozen=True, slots=True)
class Piles:
    """Number of purchases by amount around one legal limit; `edges` in R$, the limit among them."""

    edges: np.ndarray
    counts: np.ndarray
    limit: float
    act: str
    kind: str
    below: int
    above: int
    expected_below: float
    window: float
    unusual: bool

    title = "Há compras acumuladas logo abaixo do limite legal?"

    @property
    def reading(self) -> str:
        """What the chart shows, in one sentence."""
        near = (
            f"{number(self.below)} compras ficam até {_percent(self.window, 0)} abaixo do limite "
            f"de {money(self.limit)} ({self.kind}, {self.act}) e {number(self.above)} até "
            f"{_percent(self.window, 0)} acima; pela densidade em volta, seriam de esperar cerca "
            f"de {number(self.expected_below, 0)} abaixo"
        )
        end = "mais do que o acaso explica" if self.unusual else "nada fora do comum"
        return f"{near}: {end}."


@dataclass(frozen=True, slots=True)
class Calendar:
    """Amounts (R$) or number of records by period; NaN where the file has no record.

    `largest_in_one`: share of the largest value that is one record.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: np.ndarray
    is_money: bool
    row_word: str
    column_word: str
    n_left_out: int = 0
    largest_in_one: float = 0.0

    @property
    def title(self) -> str:
        """The question that the chart answers."""
        return "Em que meses se gasta mais?" if self.is_money else "Quando são feitos os registros?"

    def shown(self, value: float) -> str:
        """One value in words."""
        return prose_money(value) if self.is_money else f"{number(value)} registros"

    @property
    def reading(self) -> str:
        """What the chart shows, in one sentence."""
        i, j = np.unravel_index(int(np.nanargmax(self.values)), self.values.shape)
        known = self.values[np.isfinite(self.values)]
        share = _percent(float(known.max() / known.sum())) if known.sum() > 0 else ""
        where = f"{self.columns[j]}/{self.rows[i]}"
        first = f"O mês de maior valor é {where}"
        if not self.is_money:
            day = f"{self.rows[i]}, {self.column_word.replace('mês', self.columns[j], 1)}"
            first = f"O maior número é em {where if self.row_word == 'ano' else day}"
        text = f"{first}: {self.shown(float(known.max()))}{f', {share} do total' if share else ''}"
        text += ", quase tudo em um só registro." if self.largest_in_one >= NEARLY_ALL else "."
        if self.n_left_out:
            text += f" {number(self.n_left_out)} registros fora deste período não aparecem."
        return text


@dataclass(frozen=True, slots=True)
class Digits:
    """Share of each first digit, what the law says, and the band of 95 % of honest samples."""

    n: int
    observed: np.ndarray
    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: float
    unusual: bool

    title = "Os primeiros dígitos dos valores seguem a lei de Benford?"

    @property
    def reading(self) -> str:
        """What the chart shows, in one sentence."""
        outside = int(((self.observed < self.low) | (self.observed > self.high)).sum())
        if self.unusual:
            start = "Não de todo:"
        elif outside:
            start = "Quase: o desvio é pequeno;"
        else:
            start = "Sim:"
        fit = "todos os nove dígitos ficam" if not outside else f"{9 - outside} dos nove ficam"
        return (
            f"{start} em {number(self.n)} valores, {fit} dentro da faixa que o acaso explica. "
            "O desvio diz onde olhar, não o que há de errado."
        )


@dataclass(frozen=True, slots=True)
class Ties:
    """The largest links between buyers and suppliers.

    `links` has one row each: position of the buyer, of the supplier, amount (R$), and 1 where they
    meet far more often than chance would have it. `covered`: share of all money that is drawn.
    """

    buyers: tuple[str, ...]
    suppliers: tuple[str, ...]
    links: np.ndarray
    covered: float
    n_buyers: int
    n_suppliers: int

    title = "Quem compra de quem?"

    @property
    def reading(self) -> str:
        """What the chart shows, in one sentence."""
        b, s, amount, _ = self.links[int(self.links[:, 2].argmax())]
        n_unusual = int(self.links[:, 3].sum())
        text = (
            f"As {number(len(self.links))} maiores ligações levam {_percent(self.covered)} do "
            f"dinheiro de {number(self.n_buyers)} compradores e {number(self.n_suppliers)} "
            f"fornecedores; a maior é {self.buyers[int(b)]} com {self.suppliers[int(s)]}, "
            f"{prose_money(float(amount))}."
        )
        if n_unusual:
            some = f"{number(n_unusual)} ligações, em destaque, vão"
            one = "Uma ligação, em destaque, vai"
            text += f" {some if n_unusual > 1 else one} além do acaso."
        return text


@dataclass(frozen=True, slots=True)
class Tender:
    """Bids of one tender, ascending (R$); winner and estimate are NaN where unknown."""

    name: str
    bids: tuple[float, ...]
    winner: float
    estimate: float
    unusual: bool


@dataclass(frozen=True, slots=True)
class Tenders:
    """Some tenders with their bids: those too much alike first, else those with most bids."""

    tenders: tuple[Tender, ...]
    n_total: int
    n_unusual: int

    title = "Como se espalham as propostas de cada licitação?"

    @property
    def reading(self) -> str:
        """What the chart shows, in one sentence."""
        shown, total = number(len(self.tenders)), number(self.n_total)
        if self.n_unusual:
            many = "têm" if self.n_unusual > 1 else "tem"
            return (
                f"{number(self.n_unusual)} de {total} licitações {many} propostas parecidas demais "
                f"para este mercado; o gráfico mostra {shown} delas, em distância da menor."
            )
        return (
            f"Nenhuma das {total} licitações tem propostas mais parecidas do que o acaso explica; "
            f"o gráfico mostra as {shown} com mais propostas, em distância da menor."
        )


@dataclass(frozen=True, slots=True)
class Series:
    """The amounts of a file along time: `line` is the table of `models.series_views` to draw."""

    line: object
    sentence: str

    title = "O que foge do esperado, e quando?"

    @property
    def reading(self) -> str:
        """What stands out in the series, in one sentence, and where to see more."""
        return f"{self.sentence} A aba “Espectro” mostra os ciclos e cada achado."


View = Curve | Piles | Calendar | Digits | Ties | Tenders | Series


@dataclass(frozen=True, slots=True)
class Views:
    """What there is to draw, by name, and for every other chart the reason why there is none."""

    drawn: Mapping[str, View] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


NAMES = {
    "curve": Curve.title,
    "piles": Piles.title,
    "calendar": "Em que meses se gasta mais?",
    "digits": Digits.title,
    "ties": Ties.title,
    "tenders": Tenders.title,
    "series": Series.title,
}
"""Every chart of patterns, in the order in which they are shown, with its question."""
