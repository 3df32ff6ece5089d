"""The facts of a text under the same flags and dated limits as tables."""

from __future__ import annotations

import datetime as dt

import pytest

from cidadao_models import flags
from cidadao_models.findings import NotEvaluated
from cidadao_models.flags._strength import BAR, CONTEXT
from cidadao_models.models.text_analysis import legal_checks
from cidadao_models.models.text_analysis.as_record import as_record
from cidadao_models.models.text_analysis.entities import ACT_TYPES, Entity
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.report import Signal


def read(marked: str) -> tuple[str, list[Entity]]:
    """`[label:words]` marks a fact."""
    text, entities = "", []
    for piece in marked.split("["):
        if "]" not in piece:
            text += piece
            continue
        mark, rest = piece.split("]", 1)
        label, words = mark.split(":", 1)
        entities.append(Entity(label, words, len(text), len(text) + len(words), 1.0))
        text += words + rest
    return text, entities


def checked(marked: str, act: str) -> tuple[list[Signal], list[NotEvaluated], str]:
    text, entities = read(marked)
    return (*legal_checks.check(fold(text), entities, act), text)


def signal(marked: str, act: str, id: str) -> Signal | None:
    return next((s for s in checked(marked, act)[0] if s.id == id), None)


EXTRACT = (
    "EXTRATO DO CONTRATO Nº [numero:10/2025]. Contratante: [orgao:PREFEITURA DE PEDRA ALTA]."
    " Contratada: [contratado:ALFA MÓVEIS LTDA], CNPJ [cnpj:{cnpj}]. Objeto: [objeto:{objeto}]."
    " Valor total: [valor:{valor}]. Vigência: [vigencia:{vigencia}]. Data de assinatura:"
    " [data:{data}]. Fundamento: [modalidade:{modalidade}], [fundamento_legal:{fundamento}]."
)
ORDINARY = {
    "cnpj": "12.345.678/0001-95",
    "objeto": "aquisição de cadeiras e mesas para as escolas",
    "valor": "R$ 40.000,00",
    "vigencia": "12 (doze) meses, a contar da assinatura",
    "data": "10/03/2025",
    "modalidade": "Dispensa de Licitação",
    "fundamento": "art. 75, II, da Lei nº 14.133/2021",
}


def extract(**changed: str) -> str:
    return EXTRACT.format(**(ORDINARY | changed))


def test_an_ordinary_extract_raises_nothing() -> None:
    found, unseen, _ = checked(extract(), "extrato_contrato")
    assert found == []
    assert unseen == []


CASES = [
    ("dispensa_acima_do_limite", {"valor": "R$ 98.000,00"}, "98.000,00"),
    ("dispensa_acima_do_limite", {"valor": "R$ 62.725,59 (limite)"}, None),
    ("dispensa_acima_do_limite", {"valor": "R$ 62.725,58"}, None),
    (
        "dispensa_acima_do_limite",
        {"valor": "R$ 20.000,00", "data": "10/05/2019", "fundamento": "Lei 8.666/93, art. 24, II"},
        "20.000,00",
    ),
    (
        "dispensa_acima_do_limite",
        {"valor": "R$ 900.000,00", "fundamento": "art. 75, VIII, da Lei 14.133/2021"},
        None,
    ),
    (
        "emergencia_acima_do_prazo",
        {
            "fundamento": "art. 75, VIII, da Lei 14.133/2021",
            "vigencia": "vinte e quatro meses, a partir da assinatura",
        },
        "vinte e quatro meses",
    ),
    (
        "emergencia_acima_do_prazo",
        {
            "fundamento": "art. 24, IV, da Lei 8.666/93",
            "data": "1º de março de 2019",
            "vigencia": "180 (cento e oitenta) dias, a contar da assinatura",
        },
        None,
    ),
    (
        "emergencia_acima_do_prazo",
        {
            "fundamento": "art. 24, IV, da Lei 8.666/93",
            "data": "1º de março de 2019",
            "vigencia": "de 01/03/2019 a 28/02/2020",
        },
        "01/03/2019",
    ),
    (
        "prazo_acima_do_limite",
        {
            "objeto": "serviços continuados de limpeza",
            "modalidade": "Pregão Eletrônico",
            "fundamento": "Lei 14.133/2021",
            "vigencia": "15 (quinze) anos, a partir de 10/03/2025",
        },
        "quinze",
    ),
    ("prazo_acima_do_limite", {"vigencia": "5 anos, a partir da assinatura"}, None),
    ("datas_incoerentes", {"vigencia": "de 01/04/2025 a 31/03/2024"}, "31/03/2024"),
    ("datas_incoerentes", {"vigencia": "até 31/02/2026"}, "31/02/2026"),
    ("datas_incoerentes", {"vigencia": "até 31/12/2025"}, None),
    (
        "datas_incoerentes",
        {"vigencia": "12 meses, nos termos da Lei nº 8.666, de 21 de junho de 1993"},
        None,
    ),
    ("documento_invalido", {"cnpj": "12.345.678/0001-96"}, "12.345.678/0001-96"),
    ("documento_invalido", {"cnpj": "12.ABC.345/01DE-35"}, None),
    (
        "fundamento_incoerente",
        {"fundamento": "art. 74, I, da Lei 14.133/2021"},
        "art. 74",
    ),
    ("objeto_generico", {"objeto": "aquisição de materiais diversos"}, "materiais diversos"),
]


@pytest.mark.parametrize(("id", "changed", "told"), CASES)
def test_each_check_at_and_around_its_limit(
    id: str, changed: dict[str, str], told: str | None
) -> None:
    one = signal(extract(**changed), "extrato_contrato", id)
    assert (one is not None) == (told is not None)
    if one is not None and told is not None:
        text, _ = read(extract(**changed))
        assert one.start is not None and told in text[one.start : one.end]
        assert "registro" not in one.explanation and "arquivo" not in one.explanation


def test_the_same_fact_has_the_same_weight_as_in_a_table() -> None:
    one = signal(extract(valor="R$ 98.000,00"), "extrato_contrato", "dispensa_acima_do_limite")
    assert one is not None
    text, entities = read(extract(valor="R$ 98.000,00"))
    record = as_record(fold(text), entities, "extrato_contrato")
    assert record.values["valor"] == 98_000.0 and record.values["data"] == dt.date(2025, 3, 10)
    assert one.weight > BAR and one.facts["limite"] == pytest.approx(62_725.59)


def test_just_below_the_limit_is_only_context() -> None:
    near = signal(extract(valor="R$ 62.000,00"), "extrato_contrato", legal_checks.JUST_BELOW)
    assert near is not None and 0 < near.weight < CONTEXT
    assert (
        signal(extract(valor="R$ 50.000,00"), "extrato_contrato", legal_checks.JUST_BELOW) is None
    )
    above = signal(extract(valor="R$ 70.000,00"), "extrato_contrato", legal_checks.JUST_BELOW)
    assert above is None


NOTICE = (
    "AVISO DE LICITAÇÃO. [modalidade:Pregão Eletrônico] nº [numero:7/2024]. Objeto: [objeto:compra"
    " de merenda escolar]. Lei 14.133/2021. Abertura da sessão em [data:{sessao}], às 9h. O edital"
    " está disponível a partir do dia {edital} no sítio www.pedraalta.exemplo.\n\n"
    "Pedra Alta, [data:{escrito}]."
)


@pytest.mark.parametrize(
    ("sessao", "edital", "fires"),
    [
        ("14/03/2024", "12/03/2024", True),
        ("26/03/2024", "12/03/2024", False),
        ("12/04/2024", "12/03/2024", False),
    ],
)
def test_a_notice_gives_too_few_days(sessao: str, edital: str, fires: bool) -> None:
    marked = NOTICE.format(sessao=sessao, edital=edital, escrito="11 de março de 2024")
    one = signal(marked, "aviso_licitacao", "prazo_de_publicacao_curto")
    assert (one is not None) == fires


def test_a_notice_that_moves_another_is_not_judged_and_says_why() -> None:
    marked = NOTICE.format(sessao="14/03/2024", edital="12/03/2024", escrito="11 de março de 2024")
    found, unseen, _ = checked("NOVA DATA. " + marked, "aviso_licitacao")
    assert found == []
    why = next(one.reason for one in unseen if one.id == "prazo_de_publicacao_curto")
    assert "remarca" in why


ADDENDUM = (
    "Segundo termo aditivo ao contrato nº [numero:5/2023]. Objeto: [objeto:{objeto}]. {valores}"
    " Data de assinatura: [data:05/08/2024]."
)


@pytest.mark.parametrize(
    ("objeto", "valores", "fires"),
    [
        ("acréscimo de serviços", "O valor passa de R$ 100.000,00 para R$ 160.000,00.", True),
        ("acréscimo de serviços", "O valor passa de R$ 100.000,00 para R$ 120.000,00.", False),
        ("reforma do prédio", "O valor passa de R$ 100.000,00 para R$ 145.000,00.", False),
        ("prorrogação por 12 meses", "O valor passa de R$ 100.000,00 para R$ 200.000,00.", False),
        (
            "acréscimo de itens",
            "Fica acrescido o valor de R$ 60.000,00, e o contrato passa a ter o valor de"
            " R$ 160.000,00.",
            True,
        ),
        (
            "acréscimo de itens",
            "Valor inicial do contrato: R$ 100.000,00. Valor acrescido: R$ 20.000,00.",
            False,
        ),
    ],
)
def test_growth_against_the_share_of_the_law(objeto: str, valores: str, fires: bool) -> None:
    marked = ADDENDUM.format(objeto=objeto, valores=valores)
    one = signal(marked, "aditamento_contrato", "valor_final_acima_do_inicial")
    assert (one is not None) == fires


def test_what_is_missing_is_named() -> None:
    _, unseen, _ = checked("Extrato. Objeto: [objeto:compra de pneus].", "extrato_contrato")
    ids = {one.id for one in unseen}
    assert {"dispensa_acima_do_limite", "emergencia_acima_do_prazo", "documento_invalido"} <= ids
    assert all(one.reason.startswith("não verificado: ") for one in unseen)
    assert not any("arquivo" in one.reason or "registro" in one.reason for one in unseen)


def test_leases_and_concessions_have_their_own_terms() -> None:
    marked = extract(vigencia="30 (trinta) anos, a partir da assinatura")
    found, unseen, _ = checked("Concessão de uso de imóvel. " + marked, "contrato")
    assert "prazo_acima_do_limite" in {one.id for one in unseen}
    assert "prazo_acima_do_limite" not in {one.id for one in found}


@pytest.mark.parametrize("act", ACT_TYPES)
def test_every_kind_of_act_survives_nothing_and_odd_facts(act: str) -> None:
    assert legal_checks.check(fold(""), [], act)[0] == []
    odd = (
        "[valor:sem número] [data:99/99/9999] [vigencia:eterna] [cnpj:0] [objeto: ] [modalidade:?]"
        " [fundamento_legal:art.]"
    )
    text, entities = read(odd)
    found, _ = legal_checks.check(fold(text), entities, act)
    assert all(0 < one.weight <= 1 for one in found)


def test_the_checks_are_flags_that_exist() -> None:
    known = {flag.id for flag in flags.all_flags()}
    assert set(legal_checks.CHECKS) | {legal_checks.DOCUMENT, legal_checks.JUST_BELOW} <= known
    assert {id for ids in legal_checks.OF_ACT.values() for id in ids} == set(legal_checks.CHECKS)
    assert set(legal_checks.OF_ACT) | {"outro"} == set(ACT_TYPES)
