"""What the flags on suppliers share: names, reach of sanctions, shares against naive twins."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cidadao_models import flags
from cidadao_models.flags import _concentration, _names, _reach, _signing, _variety
from tests import honest

SAME = (
    ("ALFA CONSTRUÇÕES LTDA - ME", "Alfa Construcoes Eireli"),
    ("CEMIG", "Companhia Energética de Minas Gerais S/A"),
    ("SEC DE ESTADO DE SAUDE", "Secretaria de Estado de Saúde"),
    ("HOMECARE", "Home Care Medical Ltda"),
    ("12.345.678 FULANO QUINTANILHA", "FULANO QUINTANILHA 11144477735"),
    ("Maria Quintanilha Souza", "Maria Quintanilha Lima"),
)
DIFFERENT = (
    ("Alfa Construções Ltda", "Panificadora Trigo Bom Ltda"),
    ("Construtora Norte Ltda", "Construtora Sobral Ltda"),
    ("Fulano Quintanilha", "Beltrana Ourives"),
    ("Maria da Silva", "João dos Santos"),
)


@pytest.mark.parametrize(("a", "b"), SAME)
def test_spellings_of_one_name_are_alike(a: str, b: str) -> None:
    first, second = _names.plain([a, b])
    assert not _names.different(first, second)
    assert not _names.different(second, first)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_other_names_are_different(a: str, b: str) -> None:
    first, second = _names.plain([a, b])
    assert _names.different(first, second)
    assert _names.different(second, first)


def test_plain_names_keep_family_names_and_drop_forms() -> None:
    given = [
        "José de Sá",
        "Alfa S/A",
        "Alfa S.A. em recuperação judicial",
        "ME",
        "",
        "3M do Brasil",
    ]
    assert _names.plain(given) == ["jose de sa", "alfa", "alfa", "me", "", "3m do brasil"]
    forms = _names.are_companies(["José de Sá", "Alfa S/A", "Beta Ltda.", "Gama ME"]).tolist()
    assert forms == [False, True, True, False]


def test_names_of_real_companies_are_told_apart(shared_data) -> None:  # type: ignore[no-untyped-def]
    table = pd.read_csv(shared_data / "cnep" / "cnep.csv", dtype=str)
    reported = table[next(c for c in table if c.startswith("NOME INFORMADO"))]
    registered = table[next(c for c in table if c.startswith("RAZ"))]
    known = registered.notna()
    a, b = _names.plain(reported[known].tolist()), _names.plain(registered[known].tolist())
    wrong = [pair for pair in zip(a, b, strict=True) if _names.different(*pair)]
    assert len(wrong) <= 0.02 * known.sum()  # the five that are left did change their name
    others = [_names.different(x, y) for x, y in zip(a, np.roll(b, 50).tolist(), strict=True)]
    assert np.mean(others) >= 0.75


KINDS = (
    ("Impedimento/proibição de contratar com prazo determinado", "", "impedimento"),
    (
        "Impedimento/proibição de contratar com prazo determinado",
        "LEI 8429 - ART. 12",
        "proibicao",
    ),
    ("Suspensão", "LEI 8666 - ART. 87, III", "suspensao"),
    ("Declaração de Inidoneidade sem prazo determinado", "", "inidoneidade"),
    ("Inidoneidade - Lei Orgânica TCU", "", "inidoneidade"),
    ("Multa - Lei 12.846/13", "Art. 6, inciso I, Lei 12846/2013", "sem_efeito"),
    ("Suspensão/Interdição das atividades - Lei 12.846/13", "Art. 19", "sem_efeito"),
    ("Multa e P.Ext. de decisão condenatória", "", "sem_efeito"),
    ("Demissão", "", "sem_efeito"),
    ("", "Art. 87, inciso IV, Lei 8666/1993", "inidoneidade"),
    ("", "Lei 14.133/2021, art. 156, III", "impedimento"),
    ("", "", "outra"),
)


@pytest.mark.parametrize(("category", "basis", "kind"), KINDS)
def test_kinds_of_sanctions(category: str, basis: str, kind: str) -> None:
    assert _reach.kind_of(category, basis) == kind


BAHIA, HEALTH = ("Governo do Estado da Bahia", "BA"), ("Ministério da Saúde", "DF")
REACHES = (
    ("inidoneidade", "", BAHIA, ("Prefeitura do Recife", ""), "alcança"),
    (
        "inidoneidade",
        "Na Esfera e no Poder do órgão sancionador",
        BAHIA,
        HEALTH,
        "não se sabe",
    ),
    ("impedimento", "", BAHIA, HEALTH, "não alcança"),
    ("impedimento", "Todas as Esferas em todos os Poderes", BAHIA, HEALTH, "alcança"),
    ("impedimento", "", BAHIA, ("Secretaria de Estado da Fazenda", "BA"), "alcança"),
    ("impedimento", "", BAHIA, ("Secretaria de Estado da Fazenda", "MG"), "não alcança"),
    ("suspensao", "", HEALTH, ("Ministério da Educação", "DF"), "não se sabe"),
    ("suspensao", "No órgão sancionador", HEALTH, HEALTH, "alcança"),
    ("impedimento", "", ("MMG-PREFEITURA MUNICIPAL DE VARGINHA", "MG"), BAHIA, "não alcança"),
    ("impedimento", "", BAHIA, ("Secretaria de Obras", ""), "não se sabe"),
)


@pytest.mark.parametrize(("kind", "reach", "by", "buyer", "bound"), REACHES)
def test_reach_of_sanctions(
    kind: _reach.Kind, reach: str, by: tuple[str, str], buyer: tuple[str, str], bound: str
) -> None:
    assert _reach.binds(kind, reach, _reach.body(*by, ""), _reach.body(*buyer, "")) == bound


def test_a_contract_is_as_old_as_its_term() -> None:
    table = pd.DataFrame(
        {
            "data": pd.to_datetime(["2024-05-01", "2024-05-01", None]),
            "vigencia_inicio": pd.to_datetime(["2022-01-01", None, None]),
            "data_assinatura": pd.to_datetime([None, "2024-04-20", None]),
        }
    )
    found = _signing.signing(table)
    days = [_signing.written(day) for day in found.day]
    assert days == ["01/01/2022", "20/04/2024", ""]
    assert found.signed.tolist() == [False, True, False]
    assert found.source[:2].tolist() == ["início da vigência", "data de assinatura"]


@pytest.mark.parametrize("seed", range(4))
def test_leaders_agree_with_a_naive_twin(seed: int) -> None:
    prepared = flags.prepare(honest.contracts(900, seed))
    market = _concentration.purchases(prepared)
    table = pd.DataFrame(
        {"b": market.buyer, "s": market.supplier, "v": market.amount}
    ).drop_duplicates()
    assert market.first.sum() == len(table)
    found = _concentration.leaders(market, min_share=0.02, min_ratio=0.0)
    for leader in found:
        mine = pd.DataFrame({"b": market.buyer, "s": market.supplier, "v": market.amount})
        mine = mine[mine["b"] == leader.buyer]
        by_supplier = mine.groupby("s")["v"].sum()
        assert leader.share == pytest.approx(by_supplier.max() / by_supplier.sum())
        assert leader.supplier == by_supplier.idxmax()
        own = table[table["b"] == leader.buyer]
        assert leader.n == (own["s"] == leader.supplier).sum()
        assert leader.n_total == len(own)


def test_the_usual_share_leaves_the_buyer_out() -> None:
    leading = np.array([0.9, 0.2, 0.3, 0.25, 0.5, 0.1, 0.6])
    tested = np.ones(7, dtype=bool)
    for n in (6, 7):
        got = _concentration._usual(leading[:n], tested[:n], np.arange(n))
        naive = [np.median(np.delete(leading[:n], k)) for k in range(n)]
        assert got.tolist() == pytest.approx(naive)


def test_q_values_agree_with_scipy() -> None:
    p = np.array([1e-5, 0.03, 0.2, 0.004])
    padded = np.concatenate([p, np.ones(16)])
    assert _concentration.adjusted(p, 20) == pytest.approx(
        stats.false_discovery_control(padded)[:4]
    )


@pytest.mark.parametrize(("n", "law"), list(itertools.product((5, 12), ((2.0, 3.0), (0.4, 4.0)))))
def test_beta_binomial_tail_agrees_with_scipy(n: int, law: tuple[float, float]) -> None:
    for k in range(n + 1):
        assert _variety._tail(k, n, law) == pytest.approx(stats.betabinom.sf(k - 1, n, *law))
