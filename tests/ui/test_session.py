"""What the page leaves on disk, and the words it builds for a reader."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from handmade import HOSTILE, finding, pattern, reason, report

from cidadao_models import charts
from cidadao_models.analysis import analyze
from cidadao_models.errors import InputError, MissingFields, TooLarge
from cidadao_models.findings.views import Views
from cidadao_models.reading import read
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import listing, render, render_patterns
from cidadao_models.ui.filters import Filters, matches, select
from cidadao_models.ui.session import (
    Cancelled,
    Progress,
    Service,
    Session,
    forget_upload,
    new_download,
    upload_path,
)

EXAMPLE = (
    Path(__file__).resolve().parents[2] / "cidadao_models/ui/examples/contratos_prefeitura.csv"
)


def test_run_gives_progress_then_the_same_findings_as_the_package() -> None:
    service = Service()
    steps = list(service.run(service.open(str(EXAMPLE)), 0.7, "visitor"))
    session = steps[-1]
    assert isinstance(session, Session)
    assert all(isinstance(step, Progress) for step in steps[:-1])
    whole = analyze(str(EXAMPLE))
    assert [f.to_dict() for f in session.report.findings] == [f.to_dict() for f in whole.findings]
    raw = read(EXAMPLE)
    assert [session.cells(f) for f in session.report.findings] == [
        raw.raw(f.row) for f in whole.findings
    ]
    assert service.runs == {}


def test_charts_of_the_light_report_are_those_of_the_whole() -> None:
    service = Service()
    light = service.examined(service.open(str(EXAMPLE)), 0.7).report
    whole = analyze(str(EXAMPLE))
    assert charts.timeline(light) == charts.timeline(whole)
    assert light.patterns == whole.patterns and light.summary == whole.summary
    assert light.views is not None and whole.views is not None
    assert light.views.missing == whole.views.missing
    for name, view in whole.views.drawn.items():
        assert charts.view(light.views.drawn[name]) == charts.view(view)
    for found in whole.findings:
        assert charts.among_peers(light, found.row, "x") == charts.among_peers(
            whole, found.row, "x"
        )


@pytest.fixture
def large(tmp_path: Path) -> str:
    """A file whose analysis takes several ticks."""
    path = tmp_path / "grande.csv"
    rows = (f"{i};Compra de material {i % 90};{i % 977},00\n" for i in range(250_000))
    path.write_text("numero;objeto;valor\n" + "".join(rows))
    return str(path)


def test_stopped_run_ends_at_once_and_leaves_the_service_usable(large: str) -> None:
    service = Service()
    run = service.run(service.open(large), 0.7, "visitor")
    assert isinstance(next(run), Progress)
    service.stop("visitor")
    with pytest.raises(Cancelled):
        list(run)
    assert service.runs == {}
    assert service.examined(service.open(str(EXAMPLE)), 0.7).report.findings


def test_new_run_of_a_visitor_stops_the_one_before(large: str) -> None:
    service = Service()
    first = service.run(service.open(large), 0.7, "visitor")
    next(first)
    service.begin("visitor")
    *_, last = service.run(service.open(str(EXAMPLE)), 0.7, "visitor")
    assert isinstance(last, Session)
    with pytest.raises(Cancelled):
        list(first)


def test_run_stopped_before_it_starts_does_not_start() -> None:
    service = Service()
    service.begin("visitor")
    service.stop("visitor")
    with pytest.raises(Cancelled):
        list(service.run(service.open(str(EXAMPLE)), 0.7, "visitor"))
    assert service.runs == {}


def test_refusals_cross_the_process_with_their_details(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("xa;xb\n" + "k;q\n" * 40)
    service = Service()
    with pytest.raises(MissingFields) as refused:
        service.examined(service.open(str(path)), 0.7)
    assert refused.value.details["columns"] == ["xa", "xb"]
    with pytest.raises(TooLarge):
        Service(Limits(max_bytes=10)).open(str(path))


def test_download_is_deleted_after_its_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIDADAO_TEMP_TTL_S", "1")
    path = Path(new_download(tmp_path, "a.csv", report().to_csv))
    assert path.exists()
    deadline = time.monotonic() + 10
    while path.parent.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not path.parent.exists()


def test_upload_is_forgotten_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "abc"
    folder.mkdir()
    (folder / "a.csv").write_text("x")
    forget_upload(folder / "a.csv")
    forget_upload(folder / "a.csv")
    forget_upload(None)
    assert not folder.exists()


def test_upload_path_leaves_nothing_behind() -> None:
    assert upload_path(None) is None
    assert upload_path(SimpleNamespace(path="a/b.csv")) == "a/b.csv"


def test_panel_has_the_form_of_a_finding_and_escapes_it() -> None:
    text = render.finding_panel(finding(objeto=HOSTILE, fornecedor=HOSTILE))
    places = [text.index(part) for part in ("14,2 vezes", "Norma", "Pode ser normal se",
                                            "Para conferir:", "nota 0,93")]  # fmt: skip
    assert places == sorted(places)
    assert "<script" not in text and "<img" not in text


@pytest.mark.parametrize(
    ("step", "documents"),
    [
        ("peça a planilha e a pesquisa de preços.", ["a planilha e a pesquisa de preços"]),
        ("Peça os aditivos e confira se houve reajuste.", ["os aditivos"]),
        ("confira o valor e peça a ata.", ["a ata"]),
        ("compare com o contrato assinado.", []),
    ],
)
def test_lai_request_asks_for_the_documents_of_the_next_step(
    step: str, documents: list[str]
) -> None:
    item = finding()
    made = type(item)(item.row, item.contract_id, item.score, (reason(next_step=step),), item.item)
    text = render.lai_request(made)
    assert "Lei 12.527/2011" in text and "Secretaria de Cultura" in text
    assert all(f". {name}\n" in text for name in documents)


def test_search_needs_every_word() -> None:
    assert matches(finding(), ["tendas", "cultura"])
    assert not matches(finding(), ["tendas", "pneus"])
    assert matches(finding(), [])


def test_list_escapes_and_counts_from_one() -> None:
    text = listing.table([finding(fornecedor=HOSTILE, orgao=HOSTILE)])
    assert "<script" not in text and "<img" not in text
    assert "data-row='11'" in text and ">registro </span>12<" in text
    assert "Nenhum achado" in listing.table([])


def test_findings_of_one_fact_share_a_line() -> None:
    same = [finding(row, 0.9) for row in (5, 9, 12)]
    other = finding(7, 0.9, fornecedor="Outra")
    other = replace(other, reasons=(reason(explanation="Outro fato, 2 vezes."),))
    mixed = report([same[0], other, same[1], same[2]])
    ordered = select(mixed, Filters())
    assert [one.row for one in ordered] == [5, 9, 12, 7]
    text = listing.table(ordered)
    assert text.count("data-row=") == 4 and text.count(" hidden>") == 2
    assert "3 registros com este mesmo motivo" in text
    assert "data-more" not in listing.table(ordered[1:])


def test_patterns_are_grouped_escaped_and_weak_ones_folded() -> None:
    made = report([])
    made.patterns = [pattern(explanation=f"{HOSTILE} {i}") for i in range(5)]
    made.patterns += [pattern(id="fraco", title="Fraco", severity="low") for _ in range(3)]
    text = render_patterns.found(made)
    assert "<script" not in text and "<img" not in text
    assert text.count("class='pattern medium'") == 5 and "mais 2 deste tipo" in text
    assert text.count("for um fornecedor exclusivo.") == 2
    assert "3. Padrões" in text and "Registros: 4, 12." in text
    assert "5. Padrões" in render_patterns.found(report())


def test_what_could_not_be_seen_names_checks_and_charts() -> None:
    made = report()
    made.patterns_not_evaluated = made.not_evaluated
    made.views = Views({}, {"digits": "a lei não se espera aqui: há 12 valores"})
    text = render_patterns.unseen(made)
    assert "(3)" in text and "lei de Benford?" in text and "há 12 valores" in text
    assert render_patterns.unseen(report()) == ""


def test_a_list_of_sanctions_travels_with_the_file(tmp_path: Path) -> None:
    service = Service()
    path = tmp_path / "ceis.csv"
    path.write_text("cor;sabor\nazul;doce\n")
    listed = service.open_sanctions(str(path))
    upload = service.open(str(EXAMPLE)).compared_with(listed)
    assert upload.corrected({"valor": "x"}).sanctions == listed
    with pytest.raises(InputError) as refused:
        service.examined(upload, 0.7)
    assert "lista de sanções" in refused.value.message.lower() or "sanções" in refused.value.message
    assert service.examined(upload.compared_with(None), 0.7).report.findings


def test_progress_says_only_what_was_measured() -> None:
    unknown = render.working(Progress(1_000_000, None, 2.0, None))
    assert "Lendo" in unknown and "Faltam" not in unknown and "value=" not in unknown
    known = render.working(Progress(1_000_000, 12_000, 3.0, 9.0))
    assert "12.000 registros" in known and "Faltam cerca de 9 s" in known and "value='25'" in known
