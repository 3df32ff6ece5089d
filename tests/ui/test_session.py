"""What the page leaves on disk, and the words it builds for a reader."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from handmade import HOSTILE, finding, reason, report

from cidadao_models.errors import InputError
from cidadao_models.ui import render
from cidadao_models.ui.session import check_threshold, forget_upload, new_download, upload_path


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


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), None, "0.7", True])
def test_threshold_outside_is_refused(value: object) -> None:
    with pytest.raises(InputError):
        check_threshold(value)


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
    assert render.matches(finding(), ["tendas", "cultura"])
    assert not render.matches(finding(), ["tendas", "pneus"])
    assert render.matches(finding(), [])
