"""What the page leaves on disk, and the words it builds for a reader."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from handmade import HOSTILE, finding, reason, report

from cidadao_models import charts
from cidadao_models.analysis import analyze
from cidadao_models.errors import MissingFields, TooLarge
from cidadao_models.reading import read
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import listing, render
from cidadao_models.ui.filters import matches
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


def test_progress_says_only_what_was_measured() -> None:
    unknown = render.working(Progress(1_000_000, None, 2.0, None))
    assert "Lendo" in unknown and "Faltam" not in unknown and "value=" not in unknown
    known = render.working(Progress(1_000_000, 12_000, 3.0, 9.0))
    assert "12.000 registros" in known and "Faltam cerca de 9 s" in known and "value='25'" in known
