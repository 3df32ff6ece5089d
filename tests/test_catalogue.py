"""The catalogue of flags: complete in the README, the app and the command line, in one order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cidadao_models.__main__ import main
from cidadao_models.flags import Flag, _catalogue, all_flags
from cidadao_models.ui import method

ROOT = Path(__file__).resolve().parents[1]
HEADINGS = [
    "O que observa", "Por que é um sinal", "Como decide", "Ajustes", "Precisa de",
    "Pode ser normal se", "Para conferir", "Só dá contexto?", "Nome na API",
]  # fmt: skip
IDS = [one.id for one in all_flags()]


@pytest.mark.parametrize("one", all_flags(), ids=IDS)
def test_every_page_has_every_heading_filled(one: Flag) -> None:
    pages = _catalogue.sections(one)
    assert [heading for heading, _ in pages] == HEADINGS
    for _, text in pages:
        assert text.strip() and "{" not in text and ".." not in text.replace("…", "")


def test_the_readme_has_every_flag_and_no_other() -> None:
    document = (ROOT / "README.md").read_text("utf-8")
    start, end = document.index(_catalogue.OPENING), document.index(_catalogue.CLOSING)
    named = re.findall(r"^\| `(\w+)` \|", document[start:end], re.M)
    assert named == IDS
    assert _catalogue.with_table(document) == document, (
        "run: python -m cidadao_models flags --readme README.md"
    )


def test_the_page_has_every_flag_in_groups_by_id() -> None:
    text = str(method._groups())
    named = re.findall(r"<details id='sinal-(\w+)'>", text)
    assert sorted(named) == IDS
    grouped = [[one.id for one in flags] for _, _, flags in _catalogue.grouped()]
    assert named == [id for group in grouped for id in group]
    assert all(group == sorted(group) for group in grouped)


def test_the_command_prints_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["flags"]) == 0
    text = capsys.readouterr().out
    assert sorted(re.findall(r"\*\*Nome na API\*\*: `(\w+)`", text)) == IDS
    assert text == _catalogue.markdown()


def test_the_command_remakes_the_table_of_a_document(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"x\n{_catalogue.OPENING}\nvelho\n{_catalogue.CLOSING}\ny\n", "utf-8")
    assert main(["flags", "--readme", str(path)]) == 0
    text = path.read_text("utf-8")
    assert "velho" not in text and _catalogue.table() in text
    assert text.startswith("x\n") and text.endswith("y\n")
    path.write_text("sem marcas", "utf-8")
    assert main(["flags", "--readme", str(path)]) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(60, "60"), (0.005, "0,005"), (1.5, "1,5"), ("pregão", "pregão"), ((1, 2.5), "1, 2,5")],
)
def test_settings_are_written_as_brazilians_write_them(value: object, text: str) -> None:
    assert _catalogue._plain(value) == text
