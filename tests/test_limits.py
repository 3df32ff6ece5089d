"""The dated legal limits: every figure on its first and last day, and the law that is stated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cidadao_models.flags import _limits, _limits_file, _terms
from cidadao_models.flags._limits import dispensa_limit, dispensa_limits, stated_regime

TABLE = [
    ("2018-07-18", None, 15_000.00, 8_000.00),
    ("2018-07-19", None, 33_000.00, 17_600.00),
    ("2021-03-31", None, 33_000.00, 17_600.00),
    ("2021-04-01", None, 100_000.00, 50_000.00),
    ("2021-12-31", None, 100_000.00, 50_000.00),
    ("2022-01-01", None, 108_040.82, 54_020.41),
    ("2023-06-01", None, 114_416.65, 57_208.33),
    ("2024-06-01", None, 119_812.02, 59_906.02),
    ("2025-06-01", None, 125_451.15, 62_725.59),
    ("2026-01-01", None, 130_984.20, 65_492.11),
    ("2022-08-01", "Lei 8.666/93, art. 24, II", 33_000.00, 17_600.00),
    ("2023-03-01", "art. 24, inciso II", 33_000.00, 17_600.00),
    ("2021-02-01", "Lei nº 14.133/2021", 100_000.00, 50_000.00),
]


@pytest.mark.parametrize(("day", "basis", "works", "other"), TABLE)
def test_limit_of_a_day(day: str, basis: str | None, works: float, other: float) -> None:
    date = dt.date.fromisoformat(day)
    assert dispensa_limit(date, works=True, legal_basis=basis).value == works
    assert dispensa_limit(date, works=False, legal_basis=basis).value == other
    assert dispensa_limit(day, works=False, legal_basis=basis).act


def test_takes_datetimes_and_numpy_dates() -> None:
    for date in (dt.datetime(2026, 5, 4, 8), np.datetime64("2026-05-04T08:00"), "2026-05-04"):
        assert dispensa_limit(date, works=False).act == "Decreto 12.807/2025"


def test_the_pandemic_window_is_told() -> None:
    limit = dispensa_limit(dt.date(2020, 8, 1), works=False)
    assert (limit.value, limit.ceiling) == (17_600.00, 50_000.00)
    assert "961/2020" in limit.note
    assert dispensa_limit(dt.date(2020, 3, 1), works=False).note == ""


def test_every_figure_says_its_act_and_whether_it_was_verified() -> None:
    assert all(row.act and isinstance(row.verified, bool) for row in _limits.table())
    assert not dispensa_limit(dt.date(2024, 5, 1), works=True).verified


@pytest.mark.parametrize(
    ("text", "regime"),
    [
        ("Lei 14.133/2021, Art. 75, II", "14.133"),
        ("ART. 24, II DA LEI 8.666", "8.666"),
        ("Lei 13.303/2016", "13.303"),
        ("artigo 75, inciso I", "14.133"),
        ("Dispensa", None),
        ("Processo 2475/2024", None),
        ("", None),
    ],
)
def test_stated_regime(text: str, regime: str | None) -> None:
    assert stated_regime(text) == regime


def test_many_rows_agree_with_one_at_a_time() -> None:
    rng = np.random.default_rng(0)
    days = np.datetime64("2015-01-01") + rng.integers(0, 4300, 300).astype("m8[D]")
    works, regimes = rng.random(300) < 0.5, rng.integers(-1, len(_limits.REGIMES), 300)
    got = dispensa_limits(days, works, regimes)
    for day, work, regime, value in zip(days, works, regimes, got, strict=True):
        basis = f"Lei {_limits.REGIMES[regime]}" if regime >= 0 else None
        limit = dispensa_limit(day, works=bool(work), legal_basis=basis)
        assert value == (limit.ceiling or limit.value)
    assert np.isnan(dispensa_limits(np.array(["NaT"], "M8[D]"), works[:1], regimes[:1])).all()


def test_a_file_extends_the_table(tmp_path: Path) -> None:
    path = tmp_path / "limites.toml"
    path.write_text(
        '[[dispensa]]\nlei = "14.133"\ndesde = 2027-01-01\nobras = 137000.0\noutros = 68500.0\n'
        'ato = "Portaria"\n',
        encoding="utf-8",
    )
    rows = _limits.table() + _limits.read_limits(path)
    limit = dispensa_limit(dt.date(2027, 2, 1), works=False, rows=rows)
    assert (limit.value, limit.act, limit.verified) == (68_500.0, "Portaria", False)
    path.write_text("[[dispensa]]\nlei = '14.133'\nvalor = 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="dispensa table"):
        _limits.read_limits(path)


def test_large_contract() -> None:
    assert _limits.large_contract(dt.date(2023, 5, 1))[0] == 228_833_309.04
    assert _limits.large_contract()[1] == "Decreto 12.807/2025"


@pytest.mark.parametrize(
    ("name", "day", "value", "verified"),
    [
        ("veiculos", "2022-05-01", 8_643.27, True),
        ("veiculos", "2023-05-01", 9_153.34, True),
        ("veiculos", "2024-05-01", 9_584.97, False),
        ("veiculos", "2025-05-01", 10_036.10, True),
        ("veiculos", "2026-05-01", 10_478.74, True),
        ("pronto_pagamento", "2021-05-01", 10_000.00, True),
        ("pronto_pagamento", "2022-05-01", 10_804.08, True),
        ("pronto_pagamento", "2023-05-01", 11_441.66, True),
        ("pronto_pagamento", "2024-05-01", 11_981.20, False),
        ("pronto_pagamento", "2025-05-01", 12_545.11, True),
        ("pronto_pagamento", "2026-05-01", 13_098.41, True),
        ("grande_vulto", "2021-05-01", 200_000_000.00, False),
        ("grande_vulto", "2026-05-01", 261_968_421.04, True),
    ],
)
def test_yearly_amounts(name: _limits.Amount, day: str, value: float, verified: bool) -> None:
    limit = _limits.yearly_amount(name, dt.date.fromisoformat(day))
    assert (limit.value, limit.verified) == (value, verified)
    assert "Decreto" in limit.act or "art." in limit.act


@pytest.mark.parametrize("name", ["veiculos", "pronto_pagamento", "grande_vulto"])
def test_amounts_grew_as_the_direct_award_limits_did(name: _limits.Amount) -> None:
    for year in range(2022, 2027):
        day = dt.date(year, 6, 1)
        growth = dispensa_limit(day, works=True).value / 100_000
        first = _limits.yearly_amount(name, dt.date(2021, 6, 1)).value
        assert _limits.yearly_amount(name, day).value / first == pytest.approx(growth, rel=5e-4)


MODALITIES = [
    ("convite", "2018-07-18", 150_000.0, 80_000.0),
    ("convite", "2018-07-19", 330_000.0, 176_000.0),
    ("tomada_precos", "2018-07-18", 1_500_000.0, 650_000.0),
    ("tomada_precos", "2018-07-19", 3_300_000.0, 1_430_000.0),
    ("tomada_precos", "2023-12-30", 3_300_000.0, 1_430_000.0),
]


@pytest.mark.parametrize(("modality", "day", "works", "other"), MODALITIES)
def test_modality_limits(modality: str, day: str, works: float, other: float) -> None:
    for kind, value in ((True, works), (False, other)):
        limit = _limits.modality_limit(modality, day, works=kind)
        assert limit is not None and limit.value == value and limit.verified and limit.act


@pytest.mark.parametrize(
    ("modality", "day"),
    [("concorrencia", "2015-01-01"), ("pregao", "2015-01-01"), ("convite", "1997-01-01"),
     ("convite", "2023-12-31"), ("", "2015-01-01")],
)  # fmt: skip
def test_modalities_without_a_limit(modality: str, day: str) -> None:
    assert _limits.modality_limit(modality, day, works=True) is None


@pytest.mark.parametrize("modality", ["convite", "tomada_precos", "pregao"])
def test_many_modality_limits_agree_with_one_at_a_time(modality: str) -> None:
    rng = np.random.default_rng(1)
    days = np.datetime64("1996-01-01") + rng.integers(0, 10_600, 400).astype("m8[D]")
    works, regimes = rng.random(400) < 0.5, rng.integers(-1, len(_limits.REGIMES), 400)
    got = _limits.modality_limits(modality, days, works, regimes)
    for day, work, regime, value in zip(days, works, regimes, got, strict=True):
        limit = _limits.modality_limit(modality, day, works=bool(work))
        stated = _limits.REGIMES[regime] if regime >= 0 else None
        old = stated == "8.666" or (stated is None and day < np.datetime64("2021-04-01"))
        assert np.isnan(value) if limit is None or not old else value == limit.value
    nat = np.array(["NaT"], "M8[D]")
    assert np.isnan(_limits.modality_limits(modality, nat, works[:1], np.array([-1]))).all()


LATER = """
[[valor]]
nome = "veiculos"
desde = 2027-01-01
valor = 10900.0
ato = "Portaria A"
[[modalidade]]
modalidade = "convite"
desde = 2027-01-01
obras = 500000.0
outros = 250000.0
ato = "Portaria B"
[[prazo]]
nome = "emergencia"
lei = "14.133"
desde = 2027-01-01
quanto = 18
unidade = "meses"
ato = "Lei C"
"""


@pytest.fixture
def limits_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "limites.toml"
    path.write_text(LATER, encoding="utf-8")
    monkeypatch.setenv(_limits_file.LIMITS_FILE, str(path))
    caches = (
        _limits_file._configured, _limits.table, _limits.modality_table, _terms.table,
        _terms._by_name, _terms._changes,
    )  # fmt: skip
    for cache in caches:
        cache.cache_clear()
    yield path
    for cache in caches:
        cache.cache_clear()


def test_a_file_extends_the_other_tables(limits_file: Path) -> None:
    before, after = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    assert _limits.yearly_amount("veiculos", before).value == 10_478.74
    limit = _limits.yearly_amount("veiculos", after)
    assert (limit.value, limit.act, limit.verified) == (10_900.0, "Portaria A", False)
    assert _limits.modality_limit("convite", before, works=True) is None
    invitation = _limits.modality_limit("convite", after, works=True)
    assert invitation is not None and invitation.value == 500_000.0
    assert _terms.emergency(before).amount == 12
    assert (_terms.emergency(after).amount, _terms.emergency(after).verified) == (18, False)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[valores]]\nnome = 'veiculos'\n", "unknown tables"),
        ("[[valor]]\nnome = 'veiculos'\ndesde = 2027-01-01\nvalor = 1.0\n", "valor table"),
        ("[[valor]]\nnome = 'veiculos'\ndesde = '2027'\nvalor = 1.0\nato = 'a'\n", "another type"),
        ("[[valor]]\nnome = 'v'\ndesde = 2027-01-01\nvalor = true\nato = 'a'\n", "another type"),
        ("[[prazo]]\nnome = 'emergencia'\ndias = 3\n", "prazo table"),
        ("[[modalidade]]\nmodalidade = 'convite'\nvalor = 3\n", "modalidade table"),
    ],
)
def test_an_odd_limits_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "limites.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        _limits_file.read(path)


@pytest.mark.parametrize(("old", "new"), [('"veiculos"', '"carros"'), ('"emergencia"', '"x"')])
def test_an_unknown_name_is_refused(limits_file: Path, old: str, new: str) -> None:
    limits_file.write_text(LATER.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match="table"):
        _ = _limits.yearly_amount("veiculos"), _terms.table()


NOTICES = [
    ("pregao", "2019-05-01", None, "", "8 dias úteis", "10.520"),
    ("pregao", "2025-05-01", None, "bens", "8 dias úteis", "art. 55, I, a"),
    ("pregao", "2025-05-01", None, "servicos", "10 dias úteis", "art. 55, II, a"),
    ("pregao", "2022-05-01", None, "servicos", "8 dias úteis", "10.520"),
    ("pregao", "2025-05-01", "13.303", "", "5 dias úteis", "13.303"),
    ("concorrencia", "2019-05-01", None, "", "30 dias", "8.666"),
    ("concorrencia", "2022-05-01", None, "", "8 dias úteis", "14.133"),
    ("concorrencia", "2022-05-01", "8.666", "", "30 dias", "8.666"),
    ("concorrencia", "2025-05-01", None, "servicos", "10 dias úteis", "14.133"),
    ("tomada_precos", "2019-05-01", None, "", "15 dias", "8.666"),
    ("convite", "2019-05-01", None, "", "5 dias úteis", "8.666"),
    ("leilao", "2025-05-01", None, "", "15 dias úteis", "art. 55, III"),
    ("dialogo", "2025-05-01", None, "", "25 dias úteis", "art. 32"),
    ("concurso", "2025-05-01", None, "", "35 dias úteis", "art. 55, IV"),
]


@pytest.mark.parametrize(("modality", "day", "law", "kind", "words", "act"), NOTICES)
def test_shortest_notice(
    modality: str, day: str, law: _limits.Regime | None, kind: _terms.Kind, words: str, act: str
) -> None:
    term = _terms.notice(modality, dt.date.fromisoformat(day), stated=law, kind=kind)
    assert term is not None
    assert term.in_words == words and act in term.act


@pytest.mark.parametrize(
    ("modality", "day"),
    [("dispensa", "2025-05-01"), ("", "2025-05-01"), ("convite", "2025-05-01"),
     ("tomada_precos", "2025-05-01"), ("pregao", "1999-05-01")],
)  # fmt: skip
def test_no_notice_is_known(modality: str, day: str) -> None:
    assert _terms.notice(modality, dt.date.fromisoformat(day)) is None


@pytest.mark.parametrize(
    ("day", "law", "words"),
    [
        ("2019-05-01", None, "180 dias"),
        ("2022-05-01", None, "12 meses"),
        ("2022-05-01", "8.666", "180 dias"),
        ("2025-05-01", None, "12 meses"),
        ("2025-05-01", "13.303", "180 dias"),
        ("1980-01-01", None, "12 meses"),
    ],
)
def test_emergency_terms(day: str, law: _limits.Regime | None, words: str) -> None:
    assert _terms.emergency(dt.date.fromisoformat(day), law).in_words == words


def test_longest_and_publication_terms() -> None:
    today = dt.date(2026, 1, 1)
    assert _terms.sure("continuo_total", "14.133", today).in_words == "120 meses"
    assert _terms.sure("continuo_total", "8.666", today).in_words == "72 meses"
    assert _terms.publication(direct=True).in_words == "10 dias úteis"
    assert _terms.publication(direct=False).in_words == "20 dias úteis"
    assert _terms.counted(1, "dias úteis") == "1 dia útil"
    with pytest.raises(ValueError, match="no period"):
        _terms.sure("continuo_total", "14.133", dt.date(2020, 1, 1))


def test_every_period_says_its_act_and_whether_it_was_verified() -> None:
    assert all(term.act.startswith("Lei") for term in _terms.table())
    assert not _terms.emergency(dt.date(2025, 1, 1), "13.303").verified


def test_eras_change_where_a_law_does() -> None:
    days = np.array(["2021-03-31", "2021-04-01", "2023-12-30", "2023-12-31"], "M8[D]")
    eras = _terms.eras(days)
    assert eras[0] != eras[1] == eras[2] != eras[3]
