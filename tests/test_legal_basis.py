"""Legal bases as portals write them, read into law, article and items, and the ground they give."""

from __future__ import annotations

import pandas as pd
import pytest

from cidadao_models.flags import _direct
from cidadao_models.flags._conflicts import against_modality

II, WORKS, VALUE = _direct.VALUE_OTHER, _direct.VALUE_WORKS, _direct.VALUE
OTHER, UNSTATED, NONE = _direct.OTHER, _direct.UNSTATED, _direct.NONE


@pytest.mark.parametrize(
    ("text", "law", "articles", "ground"),
    [
        ("Lei 14.133/2021, Art. 75, II", "14.133", ((75, (2,)),), II),
        ("Lei14.133/2021, Art. 75, I", "14.133", ((75, (1,)),), WORKS),
        ("LEI 14.133/2021 - Artigo: 75 - Inciso: II", "14.133", ((75, (2,)),), II),
        ("LEI 8.666/1993 - Artigo: 24 - Inciso: XIII", "8.666", ((24, (13,)),), OTHER),
        ("Art. 24o, Inciso II da Lei nº 8.666 de 21/06/1993.", "8.666", ((24, (2,)),), II),
        ("inciso II do art. 24 da Lei 8.666", "8.666", ((24, (2,)),), II),
        ("Lei nº 8.666/93, art. 24 inciso XVII", "8.666", ((24, (17,)),), OTHER),
        ("art. 24, IV", "8.666", ((24, (4,)),), OTHER),
        ("Art. 75, caput, II", "14.133", ((75, (2,)),), II),
        ("Art. 75, II, § 3º", "14.133", ((75, (2,)),), II),
        ("Art. 75, § 3º", "14.133", ((75, ()),), UNSTATED),
        ("Art. 24, I e II", "8.666", ((24, (1, 2)),), VALUE),
        ("75, II", "14.133", ((75, (2,)),), II),
        ("II", "", ((0, (2,)),), II),
        ("VIII", "", ((0, (8,)),), OTHER),
        ("Lei 14.133/2021", "14.133", (), UNSTATED),
        ("Art. 74, caput", "14.133", ((74, ()),), OTHER),
        ("Lei 14.133/2021, Art. 74, III, f", "14.133", ((74, (3,)),), OTHER),
        ("Lei nº 13.979/2020, art. 4º", "outra", ((4, ()),), OTHER),
        ("Lei 13.303/2016, art. 29, II", "13.303", ((29, (2,)),), II),
        ("Lei 8.666/93, art. 24, II e Lei 14.133/2021", "8.666", ((24, (2,)),), II),
        ("Art. 75, II da Lei 14.133, de 1º de abril de 2021", "14.133", ((75, (2,)),), II),
        ("Dispensa em razão do valor", "", (), VALUE),
    ],
)
def test_reading_a_legal_basis(
    text: str, law: str, articles: tuple[tuple[int, tuple[int, ...]], ...], ground: int
) -> None:
    basis = _direct.read_basis(text)
    assert (basis.law, basis.articles) == (law, articles)
    table = pd.DataFrame({"modalidade": ["Dispensa"], "fundamento_legal": [text]})
    assert _direct.grounds(table).ground.tolist() == [ground]


@pytest.mark.parametrize(
    ("modality", "ground"),
    [
        ("Dispensa", UNSTATED),
        ("Dispensa Eletrônica", UNSTATED),
        ("Dispensa por Valor", VALUE),
        ("DISPENSA POR VALOR - LEI 14.133", VALUE),
        ("Dispensa de Licitação - Por valor", VALUE),
        ("Cotação Eletrônica", VALUE),
        ("Dispensa - Art. 75, II", II),
        ("Dispensa por outros motivos", OTHER),
        ("Dispensa - Emergência", OTHER),
        ("Pregão", NONE),
        ("Inexigibilidade", NONE),
        ("Não se aplica", NONE),
    ],
)
def test_the_ground_that_a_modality_names(modality: str, ground: int) -> None:
    assert _direct.grounds(pd.DataFrame({"modalidade": [modality]})).ground.tolist() == [ground]


def test_another_modality_is_no_dispensa_whatever_it_cites() -> None:
    table = pd.DataFrame(
        {"modalidade": ["Pregão", None], "fundamento_legal": ["Lei 14.133/2021, Art. 75, II"] * 2}
    )
    assert _direct.grounds(table).ground.tolist() == [NONE, II]


@pytest.mark.parametrize(
    ("basis", "name", "modality", "told"),
    [
        ("Lei 14.133/2021, Art. 74, I", "dispensa", "Dispensa", "trata de inexigibilidade"),
        ("Art. 24, II", "inexigibilidade", "Inexigível", "trata de dispensa"),
        ("Lei 14.133/2021, Art. 75, II", "pregao", "Pregão", "trata de dispensa"),
        ("Lei 14.133/2021, Art. 28, II", "pregao", "Pregão", "é o de concorrência"),
        ("Lei 14.133/2021, art. 24, II", "dispensa", "Dispensa", "orçamento sigiloso"),
        ("Lei 14.133/2021, Art. 75, III, a", "pregao", "Pregão", ""),
        ("Lei 14.133/2021, Art. 74, I", "dispensa", "Dispensa ou inexigibilidade", ""),
        ("Lei 14.133/2021, Art. 74, IV", "credenciamento", "Credenciamento", ""),
        ("Lei 14.133/2021", "dispensa", "Dispensa", ""),
    ],
)
def test_what_contradicts_a_modality(basis: str, name: str, modality: str, told: str) -> None:
    problem = against_modality(basis, name, modality)
    assert (told in problem) if told else not problem
