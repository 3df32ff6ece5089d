"""The norms that a passage names, and those that it is plainly about."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cidadao_models.models.text_analysis import citations, signals
from cidadao_models.models.text_analysis.citations import LAW, SUMULA, Norm, Norms
from cidadao_models.models.text_analysis.folding import fold, fold_text
from cidadao_models.training import norms as training

ROWS = [
    {"fonte": "lei_14133_2021", "artigo": 145, "text": "Art. 145 Não será permitido pagamento"
     " antecipado, parcial ou total, relativo a parcelas contratuais vinculadas ao fornecimento de"
     " bens, à execução de obras ou à prestação de serviços."},
    {"fonte": "lei_14133_2021", "artigo": 98, "text": "Art. 98 A garantia poderá ser de até 5% do"
     " valor inicial do contrato, autorizada a majoração desse percentual para até 10%."},
    {"fonte": "lei_14133_2021", "artigo": 98, "text": "Parágrafo único.  Nos contratos\n\n"
     " contínuos será utilizado o valor anual."},
    {"fonte": "sumula_tcu", "numero": 289, "text": "É vedado o uso de índice cuja fórmula inclua"
     " rentabilidade ou lucratividade das empresas licitantes no processo da licitação."},
]  # fmt: skip


@pytest.fixture
def norms() -> Norms:
    return Norms([Norm(e["source"], e["number"], e["text"]) for e in training.entries(ROWS)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nos termos do art. 145 da Lei nº 14.133/2021", [(LAW, 145)]),
        ("artigo 98 da Lei Federal nº 14.133, de 2021", [(LAW, 98)]),
        ("Lei 14133/2021, art. 98, parágrafo único", [(LAW, 98)]),
        ("art. 145, § 1º, e art. 98, ambos da Lei 14.133/2021", [(LAW, 145), (LAW, 98)]),
        ("art. 145 da Lei nº 8.666/93", []),
        ("art. 145 da Lei 8.666 e Lei 14.133", []),
        ("art. 777 da Lei 14.133/2021", []),
        ("Súmula 289 do TCU", [(SUMULA, 289)]),
        ("Súmula TCU nº 289", [(SUMULA, 289)]),
        ("Súmula 289 do STF", []),
        ("", []),
    ],
)
def test_names_resolve_to_the_norm(norms: Norms, text: str, found: list[tuple[str, int]]) -> None:
    assert [(n.source, n.number) for n in norms.named(fold_text(text))] == found


def test_a_passage_plainly_about_a_norm_cites_it(norms: Norms) -> None:
    text = (
        "o pagamento antecipado de parcelas contratuais do fornecimento de bens ou obras e serviços"
    )
    near = norms.nearest(fold_text(text))
    assert near is not None and near.number == 145


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pagamento antecipado",
        "o coral da escola canta no teatro municipal todas as quintas de dezembro à noite",
        "contratação de empresa para limpeza de caixas de água e dedetização dos prédios públicos",
    ],
)
def test_what_is_not_clearly_close_is_not_cited(norms: Norms, text: str) -> None:
    assert norms.nearest(fold_text(text)) is None


def test_a_signal_cites_the_norm_it_rests_on(norms: Norms) -> None:
    folded = fold("Será feito pagamento antecipado à contratada, na assinatura.")
    found = signals.find(folded, [], "contrato", [])
    cited = citations.citations(norms, folded, found, [])
    assert [(c.source, c.article) for c in cited] == [(LAW, "art. 145")]
    assert cited[0].text.startswith("Art. 145")


def test_each_norm_is_cited_once(norms: Norms) -> None:
    folded = fold("Art. 145 da Lei 14.133/2021 e, de novo, art. 145 da Lei 14.133/2021.")
    assert len(citations.citations(norms, folded, [], [])) == 1


def test_long_norms_are_cut_at_a_word() -> None:
    cited = Norm(LAW, 6, "palavra " * 400).citation()
    assert len(cited.text) <= citations.SHOWN + 1 and cited.text.endswith("palavra…")


def test_pieces_of_an_article_join(norms: Norms) -> None:
    assert [n.number for n in norms.norms] == [98, 145, 289]
    assert norms.norms[0].text.count("\n") == 2 and "único. Nos contratos" in norms.norms[0].text


@pytest.mark.parametrize("content", [None, "", "{}", "[1]", '[{"source": "x"}]'])
def test_a_missing_or_broken_file_is_told(content: str | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / citations.FILE).write_text(content, "utf-8")
    found, why = citations.load(tmp_path)
    assert (found is None and "lei" in why) or (found is not None and found.norms == ())


def test_no_norms_cite_nothing() -> None:
    assert (
        Norms([]).nearest("uma frase com muitas palavras diferentes sobre contratos e obras")
        is None
    )


def test_unknown_sources_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown source"):
        training.entries([{"fonte": "blog", "numero": 1, "text": "x"}])


def test_the_real_norms_answer(shared_data: Path, tmp_path: Path) -> None:
    path = training.write(shared_data, tmp_path)
    assert len(json.loads(path.read_text("utf-8"))) > 400
    found, why = citations.load(tmp_path)
    assert found is not None and why == ""
    missing = {
        kind.id
        for kind in signals.kinds().values()
        if not found.named(fold_text(citations._spelt(kind.basis)))
    }
    assert missing == set()
