"""Every red flag keeps the same promises; its cases are the TOML file of its name."""

from __future__ import annotations

import io
import json
import math
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cidadao_models import flags
from cidadao_models.findings import words
from cidadao_models.flags import Hit, _duplicates, _splitting, _strength, flag
from cidadao_models.reading import read
from cidadao_models.records import FIELDS
from tests import honest

FOLDER = Path(__file__).parent / "flags"
ALL = flags.all_flags()
KINDS = ("fires", "silent", "raw")


def cases(*kinds: str) -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for kind in kinds:
            for case in table.get(kind, []):
                found.append(pytest.param(path.stem, case, id=f"{path.stem}-{case['name']}"))
    return found


def records_of(text: str) -> pd.DataFrame:
    """A case's table: canonical columns, `;`, ISO dates, decimal points."""
    table = pd.read_csv(io.StringIO(text), sep=";", dtype=str)
    for name in table:
        kind = FIELDS[str(name)].kind
        if kind in ("money", "number"):
            table[name] = pd.to_numeric(table[name])
        elif kind == "date":
            table[name] = table[name].astype("datetime64[us]")
    return table


def ready(table: pd.DataFrame, case: dict[str, Any] | None = None) -> pd.DataFrame:
    """The prepared table, with the sanctions that the case gives beside it, if it does."""
    listed = (case or {}).get("sanctions")
    return flags.prepare(table, sanctions=None if listed is None else records_of(listed))


def found(
    table: pd.DataFrame, flag_id: str | None = None, case: dict[str, Any] | None = None
) -> dict[int, float]:
    """Strongest weight of each record, of one flag or of all."""
    best: dict[int, float] = {}
    for one, hit in flags.run(ready(table, case)).hits:
        if flag_id is None or one.id == flag_id:
            for row in hit.rows:
                best[int(row)] = max(best.get(int(row), 0.0), hit.weight)
    return best


def strong(table: pd.DataFrame, flag_id: str, case: dict[str, Any] | None = None) -> list[int]:
    """Records that the flag names: at the bar, or at all where it only gives context."""
    least = 0.0 if by_id(flag_id).context else _strength.BAR
    return sorted(r for r, weight in found(table, flag_id, case).items() if weight >= least)


def by_id(flag_id: str) -> flags.Flag:
    return next(one for one in ALL if one.id == flag_id)


def told(
    table: pd.DataFrame, case: dict[str, Any] | None = None
) -> list[tuple[int, str, str, float]]:
    reasons = flags.run(ready(table, case)).reasons
    return sorted((row, r.id, r.explanation, round(r.weight, 9)) for row, r in reasons)


# -- cases -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("flag_id", "case"), cases("fires"))
def test_fires(flag_id: str, case: dict[str, Any]) -> None:
    assert strong(records_of(case["records"]), flag_id, case) == case["rows"]


@pytest.mark.parametrize(("flag_id", "case"), cases("silent"))
def test_stays_silent(flag_id: str, case: dict[str, Any]) -> None:
    assert strong(records_of(case["records"]), flag_id, case) == []


@pytest.mark.parametrize(("flag_id", "case"), cases("raw"))
def test_fires_on_a_raw_file(flag_id: str, case: dict[str, Any]) -> None:
    reading = read(case["text"].encode("utf-8"), filename=case["filename"])
    listed = read(case["sanctions"].encode("utf-8")).records if "sanctions" in case else None
    made = flags.prepare(reading.records, extra=lambda: reading.extra, sanctions=listed)
    least = 0.0 if by_id(flag_id).context else _strength.BAR
    named = {
        int(row)
        for one, hit in flags.run(made).hits
        if one.id == flag_id and hit.weight >= least
        for row in hit.rows
    }
    assert sorted(named) == case["rows"]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_has_cases_of_every_kind(one: flags.Flag) -> None:
    table = tomllib.loads((FOLDER / f"{one.id}.toml").read_text(encoding="utf-8"))
    assert all(table.get(kind) for kind in KINDS)
    names = " ".join(case["name"] for case in table["silent"])
    assert "near miss" in names and "innocent" in names


def test_no_cases_without_a_flag() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == {one.id for one in ALL}


# -- promises of every flag --------------------------------------------------------------------


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_is_documented(one: flags.Flag) -> None:
    module = Path(flags.__file__).with_name(f"{one.id}.py")
    assert module.is_file()
    assert one.check.__doc__
    text = " ".join((one.title, one.explain, one.innocent, one.next_step)).lower()
    assert "fraude" not in text and "fraude" not in one.method.lower()
    assert any(act in one.legal_basis for act in ("Lei", "Decreto", "Constituição"))
    assert one.innocent[0].islower() and one.innocent.rstrip().endswith(".")
    assert one.next_step[0].islower() and one.next_step.rstrip().endswith(".")
    assert "{" not in words.fill(one.explain, one.example)


@pytest.mark.parametrize(("flag_id", "case"), cases("fires"))
def test_a_context_flag_never_makes_a_finding_alone(flag_id: str, case: dict[str, Any]) -> None:
    weights = found(records_of(case["records"]), flag_id, case).values()
    assert not by_id(flag_id).context or max(weights) <= _strength.CONTEXT


@pytest.mark.parametrize(("flag_id", "case"), cases("fires"))
def test_facts_fill_the_explanation_and_are_plain(flag_id: str, case: dict[str, Any]) -> None:
    for row, reason in flags.run(ready(records_of(case["records"]), case)).reasons:
        one = next(one for one in ALL if one.id == reason.id)
        assert words.placeholders(one.explain) <= set(reason.facts)
        json.dumps(reason.to_dict(), allow_nan=False)
        assert all(type(v) in (int, float, str) for v in reason.facts.values())
        assert 0.0 <= reason.weight <= 1.0
        assert row in range(len(case["records"].splitlines()) - 1)


@pytest.mark.parametrize(("flag_id", "case"), cases("fires", "silent"))
def test_row_order_and_extra_columns_change_nothing(flag_id: str, case: dict[str, Any]) -> None:
    table = records_of(case["records"])
    shuffled = table.sample(frac=1.0, random_state=7).assign(cor="azul", _outra=1)
    assert told(shuffled, case) == told(table, case)


@pytest.mark.parametrize(("flag_id", "case"), cases("fires", "silent"))
def test_unrelated_rows_change_nothing(flag_id: str, case: dict[str, Any]) -> None:
    table = records_of(case["records"])
    other = honest.contracts(40, 1)[[c for c in table if c in honest.contracts(1, 1)]]
    if "orgao" in other:
        other["orgao"] = "Outra cidade"
    more = pd.concat([table, other], ignore_index=True)
    assert own(more, len(table), case) == own(table, len(table), case)


def own(table: pd.DataFrame, n: int, case: dict[str, Any]) -> list[tuple[int, str, str, float]]:
    """What is told of the first n rows, but for comparisons with the file as a whole."""
    wide = ("(mesma modalidade,", "(mesmo arquivo")
    return [
        t
        for t in told(table, case)
        if t[0] < n and t[3] >= 0.7 and not any(words in t[2] for words in wide)
    ]


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_a_missing_field_gives_not_checked(one: flags.Flag) -> None:
    table = honest.contracts(40, 0).assign(valor_estimado=1.0)
    need = one.needs[0]
    table = table.drop(columns=[need] if isinstance(need, str) else list(need), errors="ignore")
    run = flags.run(flags.prepare(table))
    missing = {check.id: check for check in run.not_evaluated}
    assert one.id in missing
    assert missing[one.id].reason.startswith("não verificado: ")
    assert missing[one.id].missing
    assert all(reason.id != one.id for _, reason in run.reasons)


def test_an_empty_column_is_a_missing_field() -> None:
    table = honest.contracts(40, 0).assign(valor_estimado=np.nan)
    missing = {check.id for check in flags.run(flags.prepare(table)).not_evaluated}
    assert "homologado_muito_acima_do_estimado" in missing


HOSTILE = {
    "empty": honest.contracts(20, 0).iloc[:0],
    "no columns": pd.DataFrame(index=range(3)),
    "one row": honest.contracts(20, 0).iloc[:1],
    "all missing": honest.contracts(20, 0).assign(
        valor=np.nan, data=pd.NaT, objeto=None, fornecedor=None, fornecedor_id=None
    ),
    "infinite and negative": honest.contracts(20, 0).assign(
        valor=[np.inf, -np.inf, -1, 0, 1e18] * 4
    ),
    "strange texts": honest.contracts(20, 0).assign(
        objeto="\n\x00☃ 'ºª—", fornecedor="", modalidade="?"
    ),
}


@pytest.mark.parametrize("table", HOSTILE.values(), ids=HOSTILE.keys())
def test_survives(table: pd.DataFrame) -> None:
    run = flags.run(flags.prepare(table))
    assert all(math.isfinite(reason.weight) for _, reason in run.reasons)


def test_constant_amounts_and_pure_noise_are_silent() -> None:
    table = honest.contracts(200, 3)
    same = table.assign(valor=1000.0, valor_inicial=1000.0, valor_final=1000.0)
    assert not [row for row, weight in found(same).items() if weight >= 0.7]
    rng = np.random.default_rng(0)
    noise = pd.DataFrame({"valor": rng.normal(size=300) ** 2, "objeto": "ruído", "data": pd.NaT})
    assert not [row for row, weight in found(noise).items() if weight >= 0.85]


def test_prepare_leaves_the_records_alone() -> None:
    table = honest.contracts(30, 0)
    before = table.copy()
    flags.prepare(table)
    pd.testing.assert_frame_equal(table, before)


def test_scale_changes_nothing_where_no_legal_amount_is_involved() -> None:
    table, _ = honest.plant("preco_x80", 400, 12, 2)
    table["modalidade"] = "Pregão"
    scaled = table.assign(**{n: table[n] * 3 for n in ("valor", "valor_inicial", "valor_final")})
    assert [(r, i, w) for r, i, _, w in told(scaled)] == [(r, i, w) for r, i, _, w in told(table)]


def test_amounts_and_limits_scaled_together_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    table, _ = honest.plant("fracionamento", 400, 10, 2)
    before = found(table, "fracionamento")
    real = _splitting._limits.dispensa_limits
    monkeypatch.setattr(_splitting._limits, "dispensa_limits", lambda *a: 2 * real(*a))
    after = found(table.assign(valor=table["valor"] * 2), "fracionamento")
    assert after == pytest.approx(before)


def test_price_facts_recompute_from_the_rows() -> None:
    table, _ = honest.plant("preco_x80", 800, 10, 4)
    prepared = flags.prepare(table)
    reasons = [
        (row, r) for row, r in flags.run(prepared).reasons if r.id == "preco_acima_dos_pares"
    ]
    assert reasons
    for row, reason in reasons:
        same = prepared[prepared["_grupo"] == prepared.at[row, "_grupo"]]
        if "modalidade" in str(reason.facts["criterio"]):
            same = same[same["_modalidade"] == prepared.at[row, "_modalidade"]]
        assert reason.facts["n"] == len(same)
        assert reason.facts["mediana"] == pytest.approx(same["valor"].median())
        assert reason.facts["do_outro_lado"] == (same["valor"] < table.at[row, "valor"]).sum()
        assert reason.facts["vezes"] == pytest.approx(
            table.at[row, "valor"] / same["valor"].median()
        )


def test_splitting_facts_recompute_from_the_rows() -> None:
    table, _ = honest.plant("fracionamento", 400, 10, 2)
    one = next(one for one in ALL if one.id == "fracionamento")
    for hit in one.hits(flags.prepare(table)):
        rows = table.loc[list(hit.rows)]
        assert hit.facts["n"] == len(rows)
        assert hit.facts["total"] == pytest.approx(rows["valor"].sum())
        assert hit.facts["dias"] == (rows["data"].max() - rows["data"].min()).days + 1


# -- silence on honest data, recall on planted anomalies ---------------------------------------


@pytest.mark.parametrize("flavour", honest.FLAVOURS)
def test_false_alarms_stay_within_the_budget(flavour: str) -> None:
    n = medium = high = 0
    for size, seeds in ((300, range(4)), (3000, range(2))):
        for seed in seeds:
            weights = found(honest.honest_contracts(size, seed, flavour=flavour)).values()
            n += size
            medium += sum(weight >= 0.7 for weight in weights)
            high += sum(weight >= 0.85 for weight in weights)
    assert medium <= 0.01 * n
    assert high <= 0.001 * n


@pytest.mark.parametrize("kind", honest.KINDS)
def test_strong_planted_anomalies_are_found(kind: str) -> None:
    table, rows = honest.plant(kind, 2000, 30, 5)
    best = found(table)
    assert np.mean([best.get(int(row), 0.0) >= 0.7 for row in rows]) >= 0.8


REAL_FILES = (
    "recife_contratos/dados_abertos_contratos.csv",
    "tce_pb_licitacao/licitacao.csv",
    "pr_licitacoes/TB_LICITACOES-2022.csv",
    "mg_empenho/empenho2026.csv",
    "mg_covid/compras-coronavirus.csv",
    "mg_obras/contratos.csv",
    "portal_viagens/amostra_viagens.csv",
    "portal_orcamento/orc_2024.zip",
)


@pytest.mark.parametrize("name", REAL_FILES)
def test_real_files_are_not_flooded(name: str, shared_data: Path) -> None:
    reading = read(shared_data / name)
    prepared = flags.prepare(reading.records, extra=lambda: reading.extra)
    strong = [hit for _, hit in flags.run(prepared).hits if hit.weight >= _strength.BAR]
    # a group (a buyer's awards under a limit) is one fact to look at, however many its records
    assert len(strong) <= 0.015 * len(prepared)
    assert len({row for hit in strong for row in hit.rows}) <= 0.03 * len(prepared)


def test_the_known_entry_error_of_recife_is_found(shared_data: Path) -> None:
    reading = read(shared_data / REAL_FILES[0])
    (row,) = reading.records.index[reading.records["valor"] > 1.5e10]
    assert row in strong(reading.records, "erro_de_digitacao")


# -- the machinery -----------------------------------------------------------------------------


def malformed(**changes: Any) -> None:
    good: dict[str, Any] = {
        "id": "teste", "title": "t", "legal_basis": "Lei", "needs": ("valor",),
        "explain": "{n}", "innocent": "i", "next_step": "p", "params": {}, "method": "m",
        "example": {"n": 1},
    }  # fmt: skip

    @flag(**{**good, **changes})
    def check(contracts: pd.DataFrame) -> Any:
        """Nothing."""
        yield Hit([0], {}, 0.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "Com Espaço"}, {"title": " "}, {"explain": "sem fatos"}, {"needs": ("preco",)},
        {"needs": ()}, {"params": {"sobra": 1}}, {"innocent": ""}, {"method": ""}, {"example": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_malformed_flag_fails_at_import(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="flag"):
        malformed(**changes)


def test_a_fact_that_is_not_there_fails() -> None:
    with pytest.raises(KeyError):
        ALL[0].reason(Hit([0], {}, 0.5))


def test_unknown_settings_are_refused() -> None:
    prepared = flags.prepare(honest.contracts(20, 0))
    with pytest.raises(ValueError, match="janela"):
        flags.run(prepared, params={"fracionamento": {"janela": 3}})
    with pytest.raises(ValueError, match="inexistente"):
        flags.run(prepared, params={"inexistente": {}})


def test_settings_change_what_is_told() -> None:
    case = next(p.values[1] for p in cases("fires") if p.values[0] == "preco_acima_dos_pares")
    prepared = flags.prepare(records_of(case["records"]))
    quiet = flags.run(prepared, params={"preco_acima_dos_pares": {"min_ratio": 50.0}})
    assert not [r for _, r in quiet.reasons if r.id == "preco_acima_dos_pares"]


def test_impossible_dates_come_from_the_reading() -> None:
    table = pd.DataFrame({"objeto": ["Pintura"] * 3, "data": pd.to_datetime(["2024-01-01"] * 3)})
    table.attrs["datas_impossiveis"] = {"vigencia_fim": {1: "30/02/2024"}}
    reasons = flags.run(flags.prepare(table)).reasons
    assert [(row, r.id) for row, r in reasons] == [(1, "datas_incoerentes")]
    assert "30/02/2024" in reasons[0][1].explanation


def test_peers_learned_elsewhere_are_said_to_be() -> None:
    table = pd.DataFrame({"objeto": ["Locação de tendas"], "valor": [500_000.0], "data": pd.NaT})
    prepared = flags.prepare(table).assign(
        _pares=3,
        _pares_nivel="mesmo grupo de objeto",
        _pares_n=80,
        _pares_mediana=30_000.0,
        _pares_razao=500 / 30,
        _pares_z=np.log(500 / 30) / 0.4,
    )
    reasons = [r for _, r in flags.run(prepared).reasons if r.id == "preco_acima_dos_pares"]
    assert reasons
    assert reasons[0].facts["n"] == 80
    assert "dados públicos de referência" in reasons[0].explanation


def test_rows_that_differ_in_an_unrecognised_column_are_not_repeated() -> None:
    case = next(p.values[1] for p in cases("fires") if p.values[0] == "duplicata_exata")
    table = records_of(case["records"])
    extra = pd.DataFrame({"lote": ["1", "1", "2"]})
    run = flags.run(flags.prepare(table, extra=extra))
    assert not [r for _, r in run.reasons if r.id == "duplicata_exata"]
    assert strong(table, "duplicata_exata") == [0, 2]


def test_one_hit_for_each_set_of_repeated_records() -> None:
    row = honest.contracts(20, 0).iloc[[3]]
    table = pd.concat([row] * 105 + [honest.contracts(600, 1)], ignore_index=True)
    one = next(one for one in ALL if one.id == "duplicata_exata")
    hits = list(one.hits(flags.prepare(table)))
    assert [len(hit.rows) for hit in hits] == [105]


def payments_of(day_of: Any, *, amounts: int, seed: int) -> pd.DataFrame:
    """480 payments to one supplier each 24, equal words, `amounts` prices a supplier."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "numero": [f"NE{i}" for i in range(480)],
            "orgao": "Secretaria",
            "fornecedor": [f"Empresa {i // 24}" for i in range(480)],
            "objeto": "Serviço de limpeza de escolas",
            "valor": [1000.5 + 10 * (i // 24) + rng.integers(amounts) for i in range(480)],
            "data": pd.to_datetime([day_of(i % 24, rng) for i in range(480)]),
        }
    )


def monthly(k: int, rng: np.random.Generator) -> pd.Timestamp:
    start = pd.Timestamp(2023 + k // 12, k % 12 + 1, 2)
    return start + pd.Timedelta(days=int(rng.integers(0, 5)))


def any_day(k: int, rng: np.random.Generator) -> pd.Timestamp:
    return pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(rng.integers(0, 730)))


def test_a_payment_published_twice_stands_out_among_regular_ones() -> None:
    table = payments_of(monthly, amounts=1, seed=1)
    again = table.iloc[[30]].assign(numero="NE999", objeto="SERVICO DE LIMPEZA DE ESCOLAS.")
    assert strong(table, "duplicata_aproximada") == []
    assert strong(pd.concat([table, again], ignore_index=True), "duplicata_aproximada") == [30, 480]


def test_orders_of_a_price_list_are_no_repetitions() -> None:
    table = payments_of(any_day, amounts=8, seed=2)
    assert len(strong(table, "duplicata_aproximada")) <= 5


def test_records_are_counted_from_one_in_sentences() -> None:
    case = next(p.values[1] for p in cases("fires") if p.values[0] == "duplicata_exata")
    reasons = flags.run(flags.prepare(records_of(case["records"]))).reasons
    assert {row for row, r in reasons if r.id == "duplicata_exata"} == {0, 2}
    assert (
        "(registros 1 e 3)" in next(r for _, r in reasons if r.id == "duplicata_exata").explanation
    )
    assert _duplicates.listed(list(range(0, 80, 10))) == "1, 11, 21, 31, 41, 51 e mais 2"


def test_a_small_amount_alone_is_never_a_strong_signal() -> None:
    table, rows = honest.plant("preco_div80", 1000, 20, 3)
    weights = found(table, "preco_abaixo_dos_pares")
    assert max(weights[int(row)] for row in rows if int(row) in weights) <= 0.84


# -- naive twins -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_windows_agree_with_their_naive_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    key = np.sort(rng.integers(0, 6, 80))
    day = rng.integers(0, 200, 80)
    order = np.lexsort((day, key))
    key, day, share = key[order], day[order], rng.uniform(0.05, 0.9, 80)
    start, end = _splitting.passing_windows(key, day, share, span=20)
    naive = []
    for i in range(80):
        inside = [j for j in range(i, 80) if key[j] == key[i] and day[j] <= day[i] + 20]
        if len(inside) >= 2 and share[inside].sum() > 1:
            naive.append((i, inside[-1] + 1))
    assert list(zip(start.tolist(), end.tolist(), strict=True)) == naive


def test_identical_records_agree_with_a_naive_twin() -> None:
    rng = np.random.default_rng(1)
    table = honest.contracts(60, 2)
    table = pd.concat([table, table.iloc[rng.integers(0, 60, 40)]], ignore_index=True)
    groups = [set(rows.tolist()) for rows, _ in _duplicates.identical_groups(flags.prepare(table))]
    seen: dict[tuple[Any, ...], set[int]] = {}
    for row, values in enumerate(table.itertuples(index=False)):
        seen.setdefault(tuple(map(str, values)), set()).add(row)
    assert sorted(map(sorted, groups)) == sorted(sorted(g) for g in seen.values() if len(g) > 1)
