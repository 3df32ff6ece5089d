"""Object groups, keys of buyers and suppliers, and the comparison with peers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cidadao_models.flags import _objects, _peers, _tails, prepare
from tests import honest

GROUPS = [
    ("Locação de tendas e palcos para eventos", "locacao tenda palco", False),
    (
        "CONTRATAÇÃO DE EMPRESA ESPECIALIZADA NA PRESTAÇÃO DE SERVIÇOS DE LIMPEZA PREDIAL",
        "servico limpeza predial",
        False,
    ),
    ("Registro de preços para eventual aquisição de medicamentos", "aquisicao medicamento", False),
    ("LOCAÇÃO DE IMÓVEL PARA FUNCIONAMENTO DO CRAS", "locacao imovel", False),
    ("Execução de obras de pavimentação da rua 12", "obra pavimentacao rua", True),
    ("SERVIÇOS DE ENGENHARIA", "obra", True),
    ("Aquisic\u0327a\u0303o de refeições prontas", "aquisicao refeicao pronta", False),
    ("para atender", "", False),
    ("12/2024 - !!!", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "works"), GROUPS)
def test_object_group(text: str, name: str, works: bool) -> None:
    assert _objects.object_keys([text])[0][::2] == (name, works)


def test_a_group_depends_on_its_own_text_only() -> None:
    texts = honest.contracts(200, 0)["objeto"].tolist()
    together = _objects.object_keys(texts)
    assert [_objects.object_keys([text])[0] for text in texts] == together


def test_stems() -> None:
    plurals = ("licencas", "refeicoes", "materiais", "onibus", "veiculos")
    singulars = ["licenca", "refeicao", "material", "onibus", "veiculo"]
    assert [_objects.stem(word) for word in plurals] == singulars


def test_medians_agree_with_pandas() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=500)
    x[rng.random(500) < 0.1] = np.nan
    one, two = rng.integers(-1, 30, 500), rng.integers(-1, 3, 500)
    peers = _peers.compare_with_peers(x, [(one, two), (one,)], minimum=(10, 10))
    table = pd.DataFrame({"x": x, "one": one, "two": two}).dropna()
    for row in table.index:
        keys, level = ["one", "two"], 0
        same = table[(table[keys] == table.loc[row, keys]).all(axis=1)]
        if len(same) < 10 or (table.loc[row, keys] < 0).any():
            keys, level = ["one"], 1
            same = table[table["one"] == table.at[row, "one"]]
        if len(same) < 10 or table.at[row, "one"] < 0:
            assert peers.level[row] == -1
            continue
        median = np.log(np.exp(same["x"]).median())
        mad = (same["x"] - median).abs().median()
        assert (peers.level[row], peers.n[row]) == (level, len(same))
        assert peers.median[row] == pytest.approx(median)
        assert peers.spread[row] == pytest.approx(max(1.4826 * mad, _tails.SPREAD_FLOOR))


def test_levels_back_off_to_wider_groups() -> None:
    table = honest.contracts(400, 0)
    prepared = prepare(table)
    assert set(prepared["_pares_nivel"]) <= set(_peers.LEVELS)
    assert (prepared["_pares_n"] >= _peers.MIN_PEERS).all()
    few = prepare(table.iloc[:9])
    assert few["_pares_nivel"].isna().all() and (few["_pares"] == -1).all()


def test_chance_is_calibrated_on_normal_groups() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1.0, (4000, 20))
    x -= np.median(x, axis=1, keepdims=True)
    spread = np.array([_tails.biweight_spread(row) for row in x])[:, None]
    rate = np.mean(_tails.chance(x / spread, 20) <= 2e-3)
    assert 2e-4 <= rate <= 3e-3


def test_recurring_payments_count_once() -> None:
    monthly = pd.DataFrame(
        {"objeto": "Serviços de vigilância", "fornecedor": "A", "valor": [9000.0] * 30 + [90000.0]}
    )
    chance = prepare(monthly)["_pares_chance"]
    assert not (chance <= 1e-3).any()
    several = monthly.assign(fornecedor=[f"F{i}" for i in range(31)])
    assert prepare(several)["_pares_chance"].iloc[30] < 1e-6


def test_supplier_keys() -> None:
    masked = "***.444.777-**"
    rows = [
        ("Alfa Ltda - ME", "11.222.333/0001-81"),
        ("ALFA LTDA", "11222333000262"),
        ("Beta S/A", None),
        ("Beta", ""),
        ("Fulana", masked),
        ("Sicrana", masked),
        (None, None),
    ]
    table = pd.DataFrame(rows, columns=["fornecedor", "fornecedor_id"])
    keys = prepare(table)["_fornecedor"]
    assert keys[0] == keys[1] == "11222333"
    assert keys[2] == keys[3] == "beta"
    assert keys[4] != keys[5]
    assert pd.isna(keys[6])


def test_buyer_keys() -> None:
    both = prepare(pd.DataFrame({"orgao": ["X", "X", None], "unidade_gestora": ["1", "2", "1"]}))
    assert both["_comprador"].tolist() == ["X / 1", "X / 2", "1"]
    assert prepare(pd.DataFrame({"valor": [1.0]}))["_comprador"].isna().all()


def test_losing_bids_are_compared_with_no_purchase() -> None:
    rng = np.random.default_rng(0)
    bids = pd.DataFrame(
        {
            "licitacao_id": np.repeat([f"L{i}" for i in range(40)], 3),
            "vencedor": ["Sim", "Não", "Não"] * 40,
            "valor": np.repeat(rng.lognormal(10, 0.4, 40), 3) * np.tile([1.0, 1.1, 30.0], 40),
        }
    )
    bids["valor_proposta"] = bids["valor"]
    prepared = prepare(bids)
    won = (bids["vencedor"] == "Sim").to_numpy()
    assert (prepared["_pares_n"][won] == 40).all() and (prepared["_pares"][~won] == -1).all()
    assert not prepared["_compra"][~won].any()
    untold = prepare(bids.drop(columns="vencedor"))
    assert (untold["_pares"] == -1).all()
    single = prepare(bids[won])
    assert (single["_pares_n"] == 40).all()
