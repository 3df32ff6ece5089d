"""Training acts from extracts: clean facts, doubts left out, and changes that keep the marks."""

from __future__ import annotations

import gzip
import json
import re
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.models.text_analysis.entities import ACT_LABELS, ACT_TYPES
from cidadao_models.models.text_analysis.folding import fold_text
from cidadao_models.records import classify_documents
from cidadao_models.training import invented_names, other_forms, print_noise
from cidadao_models.training import weak_labels as labels
from cidadao_models.training.augment import (
    augment,
    change_digits,
    recase_fields,
    rename_fields,
    rename_parties,
    retell_parties,
    shuffle_fields,
)
from cidadao_models.training.weak_act import WeakAct, edited, rearranged

EXTRACT = """EXTRATO DO CONTRATO Nº 31/2013-SETUR
Processo: 911.004.455/2013. Partes: O ESTADO DE MONTE BELO, por meio da SECRETARIA DE
ESTADO DE TURISMO x VENTO LESTE EVENTOS LTDA, CNPJ nº 11.444.777/0001-61. Objeto: locação de
palcos para a Festa do Milho, conforme Pregão Eletrônico nº 7/2013-SETUR e art. 15 da Lei nº
8.666/93. Valor: R$ 45.000,00 (quarenta e cinco mil reais). Dotação Orçamentária: Unidade
Orçamentária: 27.101; Programa de Trabalho: 23.695.6207.4090.5801; Natureza da Despesa:
33.90.39; Fonte de Recursos: 100. Nota de Empenho: 2013NE00123, no valor de R$ 10.000,00.
Vigência: 90 (noventa) dias, a contar da assinatura. Data de Assinatura: 12/05/2013.
Signatários: Pelo Estado: Ana Prado; pela Contratada: Rui Melo."""

FACTS = {
    "numero": ["31/2013-SETUR"],
    "processo": ["911.004.455/2013"],
    "orgao": ["SECRETARIA DE\nESTADO DE TURISMO"],
    "contratado": ["VENTO LESTE EVENTOS LTDA"],
    "cnpj": ["11.444.777/0001-61"],
    "objeto": [
        "locação de\npalcos para a Festa do Milho, conforme Pregão Eletrônico nº 7/2013-SETUR e"
        " art. 15 da Lei nº\n8.666/93"
    ],
    "valor": ["R$ 45.000,00"],
    "vigencia": ["90 (noventa) dias, a contar da assinatura"],
    "data": ["12/05/2013"],
    "modalidade": ["Pregão Eletrônico"],
    "dotacao": ["27.101", "23.695.6207.4090.5801", "33.90.39", "100"],
    "fundamento_legal": ["art. 15 da Lei nº\n8.666/93"],
}


def act() -> WeakAct:
    made = labels.read_act(EXTRACT)
    assert made is not None
    return made


def words(made: WeakAct, label: str) -> list[str]:
    return [made.text[s:e] for s, e, found in made.spans if found == label]


def plain(made: WeakAct) -> list[tuple[str, str]]:
    """All marked words without accents, breaks and case, in alphabetical order."""
    return sorted((label, fold_text(made.text[s:e])) for s, e, label in made.spans)


# -- reading -----------------------------------------------------------------------------------


@pytest.mark.parametrize("label", [label for label in ACT_LABELS if label != "numero_aditivo"])
def test_a_clean_extract_gives_every_fact(label: str) -> None:
    assert words(act(), label) == FACTS[label]
    assert act().act_type == "extrato_contrato"


def test_what_is_not_sure_is_ignored_and_commitments_are_no_value() -> None:
    ignored = [EXTRACT[s:e] for s, e in act().ignore]
    assert "7/2013-SETUR" in ignored
    assert not any("10.000,00" in piece for piece in ignored)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("EXTRATO DO CONTRATO", "EXTRATO DO 2º TERMO ADITIVO AO CONTRATO", "aditamento_contrato"),
        ("EXTRATO DO CONTRATO", "EXTRATO DO CONVÊNIO", "extrato_convenio"),
        ("EXTRATO DO CONTRATO", "EXTRATO DO TERMO DE RESCISÃO DO CONTRATO", "outro"),
    ],
)
def test_kinds_of_act(old: str, new: str, kind: str) -> None:
    made = labels.read_act(EXTRACT.replace(old, new))
    assert made is not None and made.act_type == kind
    assert words(made, "numero") == ["31/2013-SETUR"]
    assert words(made, "numero_aditivo") == (["2º"] if kind == "aditamento_contrato" else [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Objeto:", "Obgeto -"),
        ("x VENTO LESTE EVENTOS LTDA", "VENTO LESTE EVENTOS LTDA"),
        ("x VENTO LESTE EVENTOS LTDA, CNPJ", "e outros conforme processo 123456789, CNPJ"),
        ("locação de", "prorrogação da locação de"),
        ("(noventa) dias", "(noventa) dias" + " e mais" * 500),
        ("EXTRATO DO CONTRATO", "EXTRATO DO TERMO ADITIVO AO CONVÊNIO"),
    ],
)
def test_an_act_that_does_not_read_cleanly_is_left_out(old: str, new: str) -> None:
    assert old in EXTRACT
    assert labels.read_act(EXTRACT.replace(old, new)) is None


def test_a_block_is_cut_where_its_acts_begin() -> None:
    second = EXTRACT.replace("31/2013", "32/2013").replace("LESTE", "OESTE")
    head = "EXTRATOS DE CONTRATOS\n"
    one, two = (text.replace("EXTRATO DO CONTRATO", "Contrato") for text in (EXTRACT, second))
    for block in (EXTRACT + "\n" + second, head + one + "\n" + two):
        found = list(labels.acts_of(block))
        assert [words(a, "numero")[0] for a in found] == ["31/2013-SETUR", "32/2013-SETUR"]
    notice = EXTRACT + "\nAVISO DE RETIFICAÇÃO\nObjeto: outra coisa."
    assert [a.text for a in labels.acts_of(notice)] == [EXTRACT]


def test_a_block_that_repeats_an_evaluation_act_is_told() -> None:
    shared = labels.Shingles([EXTRACT])
    assert shared.share_text("Antes de tudo. " + EXTRACT.upper().replace("É", "E") + " Fim.")
    assert not shared.share_text(EXTRACT[:90])
    assert not shared.share_text("")
    assert not labels.Shingles([]).share_text(EXTRACT)


def folder(tmp_path: Path, blocks: list[str], evaluation: list[str]) -> Path:
    for place, texts in ((labels.EXTRACTS, blocks), (labels.EVALUATION, evaluation)):
        path = tmp_path / place
        path.parent.mkdir(parents=True)
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        path.write_bytes(gzip.compress(lines.encode()))
    return tmp_path


def numbered(n: int, buyer: str = "TURISMO") -> str:
    letters = "".join(chr(97 + int(d)) for d in f"{n:03d}")
    return EXTRACT.replace("VENTO LESTE", f"Vento {letters.upper()}").replace("TURISMO", buyer)


def test_forms_and_buyers_are_capped_and_order_does_not_matter(tmp_path: Path) -> None:
    blocks = [numbered(n) for n in range(labels.MAX_PER_FORM + 9)]
    tally = labels.Tally()
    data = folder(tmp_path / "a", blocks, [])
    made = list(labels.weak_acts(data, tally=tally))
    assert len(made) == labels.MAX_PER_FORM
    assert tally.counts["forma ou órgão repetido"] == 9
    again = labels.weak_acts(folder(tmp_path / "b", blocks[::-1], []))
    assert [a.text for a in again] == [a.text for a in made]
    assert len(list(labels.weak_acts(data, limit=5))) == 5


def test_blocks_of_the_evaluation_are_left_out(tmp_path: Path) -> None:
    tally = labels.Tally()
    data = folder(tmp_path, [numbered(1)], [numbered(2)])
    assert list(labels.weak_acts(data, tally=tally)) == []
    assert tally.counts["bloco com texto de avaliação"] == 1


# -- changes -----------------------------------------------------------------------------------

KEEPING = [
    print_noise.strip_accents,
    print_noise.upper_case,
    print_noise.drop_final_stop,
    print_noise.one_line,
    print_noise.break_lines,
    rename_fields,
    recase_fields,
    shuffle_fields,
    retell_parties,
]


@pytest.mark.parametrize("change", KEEPING)
@pytest.mark.parametrize("seed", range(8))
def test_changes_of_form_keep_every_marked_word(change: labels.Change, seed: int) -> None:
    assert plain(change(act(), Random(seed))) == plain(act())


@pytest.mark.parametrize("change", KEEPING)
def test_every_change_changes_something(change: labels.Change) -> None:
    assert any(change(act(), Random(seed)).text != EXTRACT for seed in range(8))


@pytest.mark.parametrize("seed", range(20))
def test_renamed_parties_are_the_new_names_in_full(seed: int) -> None:
    made = rename_parties(act(), Random(seed))
    rng = Random(seed)
    buyer, other = invented_names.buyer(rng), invented_names.other_party(rng)
    assert (words(made, "orgao"), words(made, "contratado")) == ([buyer], [other])
    assert "ESTADO DE TURISMO" not in made.text.replace(buyer, "")
    assert words(made, "objeto") == FACTS["objeto"]
    assert list(classify_documents(words(made, "cnpj"))["valid"]) == [True]


def test_other_digits_keep_the_form_and_the_year() -> None:
    made = change_digits(act(), Random(5))
    for label in ("numero", "processo", "valor"):
        (new,), (old,) = words(made, label), FACTS[label]
        assert new != old and re.sub(r"\d", "9", new) == re.sub(r"\d", "9", old)
    assert words(made, "numero")[0].endswith("/2013-SETUR")
    assert words(made, "data") == FACTS["data"]


@pytest.mark.parametrize("seed", range(10))
def test_misread_letters_leave_exact_facts_alone(seed: int) -> None:
    made = print_noise.misread_letters(act(), Random(seed))
    for label in ("numero", "processo", "cnpj", "valor", "data", "dotacao"):
        assert words(made, label) == FACTS[label]
    assert len(made.spans) == len(act().spans)


def test_printed_lines_are_no_longer_than_a_page_is_wide() -> None:
    made = print_noise.break_lines(act(), Random(1))
    assert max(map(len, made.text.split("\n"))) <= 131
    assert "-\n" in made.text


@pytest.mark.parametrize("seed", range(60))
def test_other_forms_copy_the_facts(seed: int) -> None:
    made = other_forms.rewritten(act(), Random(seed))
    assert made.act_type in ACT_TYPES and made.text != EXTRACT
    assert words(made, "objeto")[0] == FACTS["objeto"][0]
    assert words(made, "orgao")[0] == FACTS["orgao"][0]
    assert "{" not in made.text
    for label in ("processo", "contratado", "vigencia"):
        assert set(words(made, label)) <= set(FACTS[label])


def test_acts_without_the_needed_facts_keep_their_form() -> None:
    bare = WeakAct("Bom dia.", (), "outro")
    assert other_forms.rewritten(bare, Random(0)) is bare


@given(st.integers(0, 2**32))
def test_a_variant_has_exact_marks_of_known_labels(seed: int) -> None:
    made = augment(act(), Random(seed))
    assert made == augment(act(), Random(seed))
    assert made.act_type in ACT_TYPES
    for start, end, label in made.spans:
        piece = made.text[start:end]
        assert label in ACT_LABELS and piece and piece == piece.strip()
    assert all(0 <= s < e <= len(made.text) for s, e in made.ignore)
    if made.act_type == "extrato_contrato":
        assert {"objeto", "orgao", "contratado"} <= {label for *_, label in made.spans}


# -- edits -------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4), st.text("xyz", max_size=3))))
def test_marks_outside_edits_keep_their_words(drawn: list[tuple[int, int, str]]) -> None:
    text = "abcdefghijklmnopqrstuvwABCDEFGHIJKLM"
    edits, last = [], 0
    for start, length, new in sorted(drawn):
        if start >= last:
            edits.append((start, start + length, new))
            last = start + max(length, 1)
    marks = tuple((i, i + 2, "objeto") for i in range(0, len(text) - 2, 2))
    kept = [
        text[s:e] for s, e, _ in marks if all(b <= s or e <= a for a, b, _ in edits)
    ]  # fmt: skip
    made = edited(WeakAct(text, marks, "outro"), edits)
    found = [made.text[s:e] for s, e, _ in made.spans]
    assert [w for w in found if w in kept] == kept


def test_a_replaced_mark_covers_its_new_words_and_overlaps_are_refused() -> None:
    made = edited(WeakAct("de A para B", ((3, 4, "orgao"), (10, 11, "contratado")), "outro"),
                  [(3, 4, "Alfa"), (4, 4, ","), (10, 11, "Beta")])  # fmt: skip
    assert made.text == "de Alfa, para Beta"
    assert [made.text[s:e] for s, e, _ in made.spans] == ["Alfa", "Beta"]
    with pytest.raises(ValueError, match="overlap"):
        edited(made, [(0, 5, ""), (3, 6, "")])


def test_rearranged_pieces_carry_their_marks() -> None:
    old = WeakAct("um. dois. ", ((0, 2, "objeto"), (4, 8, "valor")), "outro", ((4, 6),))
    made = rearranged(old, [(4, 10), (0, 4)])
    assert made.text == "dois. um. "
    assert [(made.text[s:e], label) for s, e, label in made.spans] == [
        ("dois", "valor"),
        ("um", "objeto"),
    ]
    assert [made.text[s:e] for s, e in made.ignore] == ["do"]


def test_real_extracts_give_many_acts_of_exact_marks(shared_data: Path) -> None:
    found = list(islice(labels.weak_acts(shared_data), 150))
    assert len(found) == 150
    assert len({label for made in found for *_, label in made.spans}) == len(ACT_LABELS)
    for made in found:
        assert all(made.text[s:e].strip() for s, e, _ in made.spans)
