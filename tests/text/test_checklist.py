"""Which clauses a text has and which required parts it lacks."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from contracts import BY_ANNEX, NEW_LAW, NO_HEADINGS, OLD_LAW, TERSE
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.text_analysis import checklist, clauses
from cidadao_models.models.text_analysis.clauses import CLAUSES, ClauseHit
from cidadao_models.models.text_analysis.entities import ACT_TYPES, Entity
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.report import Item

HEADINGS = [
    ("CLÁUSULA QUINTA – DO PREÇO\nConforme anexo.", "preco_pagamento"),
    ("Cláusula 5ª - Do preço e do reajuste. Conforme anexo.", "reajuste"),
    ("5. DO PAGAMENTO\nConforme anexo.", "preco_pagamento"),
    ("Do foro\nPedra Alta.", "foro"),
    ("IX - DAS SANÇÕES ADMINISTRATIVAS\nConforme a lei.", "penalidades"),
    ("CLÁUSULA DÉCIMA SEGUNDA: DA MATRIZ DE RISCOS\nConforme anexo.", "matriz_risco"),
    ("OBRIGAÇÕES DA CONTRATADA\nConforme anexo.", "direitos_obrigacoes"),
    ("Contrato simples. DA VIGÊNCIA: um ano. DA DOTAÇÃO: própria.", "credito_orcamentario"),
]


@pytest.mark.parametrize(("text", "id"), HEADINGS)
def test_headings_name_clauses(text: str, id: str) -> None:
    hits = {hit.id: hit for hit in clauses.find(fold(text))}
    assert id in hits
    assert hits[id].score > checklist.SURE_ENOUGH


TITLES_BEFORE_TEXT = [
    ("11. RESCISÃO. Por culpa ou por acordo.", "extincao"),
    ("9 RESCISÃO: POR FALÊNCIA.", "extincao"),
    ("16. Recursos – UO 05001; atividade 2191.", "credito_orcamentario"),
    ("3ª Preço: o da proposta.", "preco_pagamento"),
    ("(4) Foro – o da capital.", "foro"),
    ("Cl. 12. Vigência. Um ano.", "vigencia"),
    ("Art. 5º Reajuste: não há.", "reajuste"),
    ("Décima segunda. Sanções: as da lei.", "penalidades"),
    ("Aluguel: o do laudo.", "preco_pagamento"),
    ("Do que se contrata: o plano de mobilidade.", "objeto"),
    ("7. Garantia. Um ano para a pintura; dois anos para o motor.", "garantia_objeto"),
    ("7. Garantia. De 5% do preço, por um ano.", "garantia_execucao"),
    ("4. PRAZO. Setenta e cinco dias da ordem de início.", "prazos_recebimento"),
    ("4. PRAZO. Doze meses, prorrogáveis.", "vigencia"),
]


LINES_OF_THEIR_OWN = [
    ("Preço e pagamento\nConforme o anexo.", "preco_pagamento"),
    ("Obrigações da prestadora\nEntregar as bases de cálculo.", "direitos_obrigacoes"),
    ("Gestão do contrato\nGerência Econômica.", "gestao_fiscalizacao"),
    ("Garantia\nNão exigida.", "garantia_execucao"),
    ("O parque abre aos domingos.\nFiscalização municipal", "gestao_fiscalizacao"),
]


@pytest.mark.parametrize(("text", "id"), [*TITLES_BEFORE_TEXT, *LINES_OF_THEIR_OWN])
def test_a_title_and_a_mark_before_the_text_head_a_clause(text: str, id: str) -> None:
    assert id in {hit.id for hit in clauses.find(fold(text))}


AMBIGUOUS = [
    ("7. Garantia. Um ano para a pintura; dois anos para o motor.", "garantia_execucao"),
    ("7. Garantia. De 5% do preço, por um ano.", "garantia_objeto"),
    ("4. PRAZO. Setenta e cinco dias da ordem de início.", "vigencia"),
    ("O parque abre aos domingos e a\nfiscalização municipal", "gestao_fiscalizacao"),
    ("Sem prejuízo da cláusula quinta, do pagamento já se falou.", "preco_pagamento"),
    ("9. Recursos administrativos. Em cinco dias úteis.", "credito_orcamentario"),
]


@pytest.mark.parametrize(("text", "id"), AMBIGUOUS)
def test_a_heading_of_two_meanings_is_told_by_its_first_words(text: str, id: str) -> None:
    assert id not in {hit.id for hit in clauses.find(fold(text))}


WORDINGS = [
    ("As partes elegem o foro da comarca de Pedra Alta para dirimir dúvidas.", "foro"),
    ("A contratante pagará à contratada o preço ajustado.", "preco_pagamento"),
    ("Fica dispensada a prestação de garantia pela contratada.", "garantia_execucao"),
    ("Não será exigida garantia contratual.", "garantia_execucao"),
    ("Os preços são fixos e irreajustáveis.", "reajuste"),
    ("O tratamento de dados pessoais obedecerá à Lei 13.709/2018.", "protecao_dados"),
    ("A contratada não poderá subcontratar o objeto.", "subcontratacao"),
    ("É vedado oferecer vantagem indevida, nos termos da Lei 12.846/2013.", "anticorrupcao"),
    ("A taxa de câmbio da conversão será a do dia da fatura.", "importacao"),
    ("O pedido de reequilíbrio econômico-financeiro será respondido em 30 dias.", "reequilibrio"),
]


@pytest.mark.parametrize(("text", "id"), WORDINGS)
def test_wordings_name_clauses(text: str, id: str) -> None:
    assert id in {hit.id for hit in clauses.find(fold(text))}


@pytest.mark.parametrize("text", ["", "\n\n", "Era uma vez um rei que gostava de bolo de milho."])
def test_no_clause_where_there_is_none(text: str) -> None:
    assert clauses.find(fold(text)) == []


def test_hits_lie_in_the_text_and_name_known_kinds() -> None:
    for hit in clauses.find(fold(NEW_LAW)):
        assert hit.id in CLAUSES and 0 < hit.score < 1
        assert 0 <= hit.start < hit.end <= len(NEW_LAW)


def test_case_changes_no_clause() -> None:
    upper = {hit.id for hit in clauses.find(fold(NO_HEADINGS.upper()))}
    assert {hit.id for hit in clauses.find(fold(NO_HEADINGS))} <= upper


hit = st.builds(
    lambda kind, a, n, s: ClauseHit(kind, a, a + n, s),
    st.sampled_from(["foro", "objeto"]),
    st.integers(0, 50),
    st.integers(1, 20),
    st.floats(0, 1),
)


@given(st.lists(hit, max_size=10))
def test_hits_of_several_sources_join(hits: list[ClauseHit]) -> None:
    joined = clauses.merged(hits)
    assert {one.id for one in joined} == {one.id for one in hits}
    for one in hits:
        assert any(j.id == one.id and j.start <= one.start and j.score >= one.score - 1e-12
                   for j in joined)  # fmt: skip
    assert clauses.merged(joined) == joined


def items(text: str, act: str = "contrato", entities: Iterable[Entity] = ()) -> dict[str, Item]:
    folded = fold(text)
    found = checklist.checklist(act, folded, list(entities), clauses.find(folded))
    return {item.id: item for item in found}


def of(status: str, found: dict[str, Item]) -> set[str]:
    return {id for id, item in found.items() if item.status == status}


def test_a_full_contract_of_the_new_law_lacks_nothing() -> None:
    found = items(NEW_LAW)
    assert of("missing", found) == set()
    assert of("not_applicable", found) == {
        "matriz_risco", "repactuacao", "reequilibrio", "garantia_execucao", "importacao",
    }  # fmt: skip
    assert all("14.133" in item.legal_basis for item in found.values())
    foro = found["foro"]
    assert foro.start is not None and "DO FORO" in NEW_LAW[foro.start : foro.end]


def test_a_contract_without_headings_is_read_too() -> None:
    found = items(NO_HEADINGS)
    assert of("missing", found) == {"garantia_objeto", "reserva_cargos", "publicacao"} - of(
        "not_applicable", found
    )


def test_a_contract_that_leaves_much_to_an_annex_lacks_only_what_it_does_not_name() -> None:
    assert of("missing", items(BY_ANNEX)) == {"prazos_recebimento", "reequilibrio"}


def test_a_terse_contract_is_read_by_its_titles() -> None:
    assert of("found", items(TERSE)) >= {
        "objeto", "legislacao", "preco_pagamento", "vigencia", "credito_orcamentario",
        "penalidades", "extincao", "gestao_fiscalizacao", "foro",
    }  # fmt: skip
    assert "matriz_risco" not in of("found", items(TERSE))


def test_a_contract_of_the_older_law_has_its_own_list() -> None:
    found = items(OLD_LAW)
    assert all("8.666" in item.legal_basis for item in found.values())
    assert of("missing", found) == {
        "reajuste", "prazos_recebimento", "credito_orcamentario", "direitos_obrigacoes",
        "vinculacao", "manter_habilitacao", "vigencia",
    }  # fmt: skip
    assert {"direitos_na_rescisao", "garantia_execucao"} <= of("found", found)


@pytest.mark.parametrize("clause", ["DO FORO", "DA EXTINÇÃO", "DO REAJUSTE", "DAS SANÇÕES"])
def test_taking_a_clause_out_makes_it_missing(clause: str) -> None:
    parts = NEW_LAW.split("\n\n")
    gone = next(part for part in parts if clause in part)
    before = items(NEW_LAW)
    after = items(NEW_LAW.replace(gone, ""))
    lost = of("found", before) - of("found", after)
    assert len(lost) == 1 and lost == of("missing", after)


def test_what_a_text_calls_for_stops_being_optional() -> None:
    text = NEW_LAW.replace("carteiras escolares", "vigias, com dedicação exclusiva de mão de obra")
    assert items(text)["repactuacao"].status == "missing"
    assert items(text)["garantia_execucao"].status == "missing"
    assert items(NEW_LAW + "\nEquipamento importado, em moeda estrangeira.")[
        "importacao"
    ].status == ("missing")


EXTRACT = (
    "EXTRATO DO CONTRATO Nº 3/2024. Processo: 100/2024. Partes: Prefeitura de Pedra Alta e Alfa"
    " Ltda. Objeto: compra de pneus. Valor: R$ 10.000,00. Vigência: 12 meses. Dotação: 10.301.0001."
    " Fundamento: Pregão nº 2/2024. Data de assinatura: 10/03/2024."
)


def test_a_full_extract_lacks_nothing() -> None:
    assert of("missing", items(EXTRACT, "extrato_contrato")) == set()


@pytest.mark.parametrize(
    ("piece", "id"),
    [
        ("Processo: 100/2024. ", "processo"),
        (" Valor: R$ 10.000,00.", "valor"),
        (" Vigência: 12 meses.", "vigencia"),
        (" Dotação: 10.301.0001.", "dotacao"),
        (" Data de assinatura: 10/03/2024.", "data"),
        (" Fundamento: Pregão nº 2/2024.", "fundamento_legal"),
    ],
)
def test_what_an_extract_leaves_out_is_missing(piece: str, id: str) -> None:
    assert of("missing", items(EXTRACT.replace(piece, ""), "extrato_contrato")) == {id}


def test_a_fact_counts_where_no_word_does() -> None:
    text = "Contrato com a Alfa, doze mil reais."
    fact = Entity("valor", "doze mil reais", 21, 35, 0.9, "modelo")
    assert items(text, "extrato_contrato")["valor"].status == "missing"
    found = items(text, "extrato_contrato", [fact])["valor"]
    assert (found.status, found.start, found.end) == ("found", 21, 35)


def test_an_act_without_money_needs_no_amount() -> None:
    text = "Extrato de convênio. Objeto: cooperação técnica, sem repasse de recursos."
    assert items(text, "extrato_convenio")["valor"].status == "not_applicable"
    text = "Termo aditivo ao contrato 3/2020, para prorrogar o prazo por 12 meses."
    assert items(text, "aditamento_contrato")["valor"].status == "not_applicable"
    assert items(text, "aditamento_contrato")["vigencia"].status == "found"


def test_the_legal_basis_follows_the_law_named() -> None:
    new = items(EXTRACT, "extrato_contrato")["valor"].legal_basis
    old = items(EXTRACT + " Lei 8.666/93.", "extrato_contrato")["valor"].legal_basis
    state = items(EXTRACT + " Lei 13.303/2016.", "extrato_contrato")["valor"].legal_basis
    assert "art. 94" in new and "art. 61" in old and "13.303" in state


@pytest.mark.parametrize("act", ACT_TYPES)
def test_every_kind_of_act_has_an_answer_for_an_empty_text(act: str) -> None:
    found = items("", act)
    assert found
    assert of("found", found) == set()
    if act == "outro":
        assert of("missing", found) == set()
    for item in found.values():
        assert item.title and item.legal_basis and "{" not in item.legal_basis
        assert item.start is None and item.end is None
