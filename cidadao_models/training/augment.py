"""Varies the form of an act, its names and its print, the marks staying on their words.

So that the encoder learns more than the field names of one gazette. Invents no fact about anyone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from random import Random

from cidadao_models.models.text_analysis.field_names import Field, split
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.training import invented_names, other_forms, print_noise
from cidadao_models.training.weak_act import Edit, WeakAct, edited, rearranged

Change = Callable[[WeakAct, Random], WeakAct]

OTHER_FORM = 0.45
"""Share of acts rewritten in the form of another gazette, of a notice or of a contract."""


def augment(act: WeakAct, rng: Random) -> WeakAct:
    """One variant of the act, drawn by `rng`; every mark still covers the words of its fact."""
    varied = rename_parties(act, rng) if rng.random() < 0.6 else act
    if rng.random() < 0.5:
        varied = change_digits(varied, rng)
    if rng.random() < OTHER_FORM:
        varied = other_forms.rewritten(varied, rng)
    else:
        varied = _drawn(varied, rng, _OF_FIELDS)
    return trim_spans(_drawn(varied, rng, _OF_PRINT))


def _drawn(act: WeakAct, rng: Random, changes: tuple[tuple[float, Change], ...]) -> WeakAct:
    for share, change in changes:
        if rng.random() < share:
            act = change(act, rng)
    return act


# -- names and numbers -------------------------------------------------------------------------


_INVENTED = (("orgao", invented_names.buyer), ("contratado", invented_names.other_party))


def rename_parties(act: WeakAct, rng: Random) -> WeakAct:
    """Invented names in place of both parties, wherever the act writes them in full."""
    edits: list[Edit] = []
    for label, invent in (
        ("orgao", invented_names.buyer),
        ("contratado", invented_names.other_party),
    ):
        name, new = act.first(label), invent(rng)
        if name is None or len(name) < 3:
            continue
        pattern = re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, name.split())) + r"(?!\w)")
        edits += [(m.start(), m.end(), new) for m in pattern.finditer(act.text)]
    edits += [(s, e, invented_names.cnpj(rng)) for s, e, label in act.spans if label == "cnpj"]
    return edited(act, _apart(edits))


def _apart(edits: list[Edit]) -> list[Edit]:
    """The edits without those that overlap an earlier one."""
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or edit[0] >= kept[-1][1]:
            kept.append(edit)
    return kept


_FREE_DIGITS = ("numero", "processo", "valor")
_DIGITS = "0123456789"
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")


def change_digits(act: WeakAct, rng: Random) -> WeakAct:
    """Other digits in numbers, processes and amounts, the same for each mention; years stay."""
    letters = list(act.text)
    changed: dict[str, str] = {}
    for start, end, label in act.spans:
        if label in _FREE_DIGITS:
            words = act.text[start:end]
            letters[start:end] = changed.setdefault(words, _other_digits(words, rng))
    return replace(act, text="".join(letters))


def _other_digits(words: str, rng: Random) -> str:
    """The words with other digits but in years; the first digit is never 0."""
    years = {i for m in _YEAR.finditer(words) for i in range(*m.span())}
    digits = [i for i, letter in enumerate(words) if letter in _DIGITS and i not in years]
    letters = list(words)
    for i in digits:
        letters[i] = str(rng.randrange(1 if i == digits[0] else 0, 10))
    return "".join(letters)


# -- fields ------------------------------------------------------------------------------------

_OTHER_NAMES = {
    "objeto": ("Objeto:", "OBJETO:", "Do Objeto:", "DO OBJETO -", "Objeto do Contrato:",
               "objeto:", ""),
    "vigencia": ("Vigência:", "VIGÊNCIA:", "Da Vigência:", "Prazo de Vigência:", "PRAZO:",
                 "vigência:", "Período de vigência:", ""),
    "valor": ("Valor:", "VALOR:", "Do Valor:", "Valor Total:", "Valor Global:", "VALOR TOTAL:", ""),
    "processo": ("Processo:", "PROCESSO Nº", "Nº Processo:", "Processo Administrativo nº",
                 "PROCESSO SEI Nº:", "Proc."),
    "partes": ("Partes:", "PARTES:", "Das Partes:", "CONTRATANTES:", "Partícipes:", ""),
    "data": ("Data de Assinatura:", "Assinatura:", "Assinado em", "ASSINADO EM:", "Data:",
             "DATA DA ASSINATURA:"),
    "contratante": ("Contratante:", "CONTRATANTE:", "Órgão:", "Órgão Contratante:", ""),
    "contratada": ("Contratada:", "CONTRATADA:", "Contratado:", "CONTRATADO(A):", "Empresa:",
                   "Fornecedor:", "FAVORECIDO:"),
    "fundamento": ("Fundamento Legal:", "FUNDAMENTO LEGAL:", "Amparo legal:", "Base Legal:"),
    "modalidade": ("Modalidade:", "Licitação:", "MODALIDADE:"),
}  # fmt: skip
"""Names that fields go by in gazettes of the Union, of states and of municipalities."""


def _fields(act: WeakAct) -> list[tuple[Field, int, int]]:
    """Named fields with the bounds, in the act's text, of the name with its colon."""
    folded = fold(act.text)
    found = []
    for field in split(folded):
        if field.start < len(folded.starts) and not field.glued:
            head, value = folded.starts[field.head], folded.starts[field.start]
            found.append((field, head, value))
    return found


def _free(act: WeakAct, start: int, end: int) -> bool:
    """Whether no mark touches the piece."""
    return all(e <= start or end <= s for s, e, _ in act.spans)


def rename_fields(act: WeakAct, rng: Random) -> WeakAct:
    """Other names for the fields, or none."""
    edits = []
    for field, head, value in _fields(act):
        names = _OTHER_NAMES.get(field.kind)
        if (
            names
            and field.start < field.end
            and _free(act, head, value)
            and "adit" not in field.name
        ):
            name = rng.choice(names)
            edits.append((head, value, f"{name} " if name else ""))
    return edited(act, _apart(edits))


def recase_fields(act: WeakAct, rng: Random) -> WeakAct:
    """All field names in small letters, in capitals or in title case, as one gazette would."""
    case = rng.choice((str.lower, str.upper, str.title))
    fields = [(h, v, case(act.text[h:v])) for _, h, v in _fields(act) if _free(act, h, v)]
    return edited(act, _apart(fields))


_GROUPS = {
    "dotacao": "dotacao", "unidade": "dotacao", "programa": "dotacao", "natureza": "dotacao",
    "fonte": "dotacao", "empenho": "dotacao", "outro": "dotacao",
    "signatarios": "fim", "assina": "fim",
}  # fmt: skip


def shuffle_fields(act: WeakAct, rng: Random) -> WeakAct:
    """The fields in another order; those of the budget and the signatures stay together."""
    heads: list[tuple[int, str]] = []
    for field, head, _ in _fields(act):
        group = _GROUPS.get(field.kind, field.kind)
        if not (heads and heads[-1][1] == group) and _between_marks(act, head):
            heads.append((head, group))
    if len(heads) < 3:
        return act
    act, bounds = _closed(act, [head for head, _ in heads])
    pieces = list(pairwise(bounds))
    moved = [p for p, (_, group) in zip(pieces, heads, strict=True) if group != "fim"]
    last = [p for p in pieces if p not in moved]
    rng.shuffle(moved)
    return rearranged(act, [(0, bounds[0]), *moved, *last])


def _between_marks(act: WeakAct, position: int) -> bool:
    return all(not s < position < e for s, e, _ in act.spans)


def _closed(act: WeakAct, heads: list[int]) -> tuple[WeakAct, list[int]]:
    """The act with each field closed by a stop and a space, and the new bounds of the fields."""
    edits: list[Edit] = []
    bounds, shift = [], 0
    for bound in [*heads, len(act.text)]:
        start = len(act.text[:bound].rstrip())
        last = max((e for _, e, _ in act.spans if e <= bound), default=0)
        start = max(start, last)
        words = " " if act.text[:start][-1:] in ".;," else ". "
        if bound == heads[0]:
            words = act.text[start:bound]
        edits.append((start, bound, words))
        shift += len(words) - (bound - start)
        bounds.append(bound + shift)
    return edited(act, edits), bounds


_PROSE = (
    ("Celebram o presente ajuste, de um lado, {the} ",
     ", doravante denominada CONTRATANTE, e, de outro, a empresa ",
     ", doravante denominada CONTRATADA. "),
    ("Contrato celebrado entre {the} ", " e a empresa ", ". "),
    ("que entre si celebram {the} ", " e ", ", na forma abaixo. "),
    ("{The} ", ", na qualidade de CONTRATANTE, e a empresa ", ", na qualidade de CONTRATADA. "),
    ("Firmado entre {the} ", " (Contratante) e ", " (Contratada). "),
    ("CONTRATANTE: ", ". CONTRATADA: ", ". "),
    ("Contratante: ", "; Contratado: ", "; "),
    ("PARTES: ", " x ", ". "),
    ("Partes: ", ", como contratante, e ", ", como contratada. "),
)  # fmt: skip
"""How the two parties are told: before the buyer, between both, and after."""


def retell_parties(act: WeakAct, rng: Random) -> WeakAct:
    """Both parties told in other words, or in a sentence, in place of "Partes: A x B"."""
    field = next(((f, h) for f, h, _ in _fields(act) if f.kind == "partes"), None)
    parties = [next((s for s in act.spans if s[2] == of), None) for of in ("orgao", "contratado")]
    buyer, other = parties
    if field is None or buyer is None or other is None or not field[1] < buyer[0] < other[0]:
        return act
    after = re.compile(r"[\s.,;]*").match(act.text, other[1])
    end = after.end() if after else other[1]
    if not (_free(act, field[1], buyer[0]) and _free(act, buyer[1], other[0])):
        return act
    before, between, behind = rng.choice(_PROSE)
    the = rng.choice("ao")
    before = before.format(the=the, The=the.upper())
    return edited(
        act,
        [
            (field[1], buyer[0], before),
            (buyer[1], other[0], between),
            (other[1], end if _free(act, other[1], end) else other[1], behind),
        ],
    )


_OF_FIELDS: tuple[tuple[float, Change], ...] = (
    (0.35, retell_parties),
    (0.5, shuffle_fields),
    (0.5, rename_fields),
    (0.3, recase_fields),
)
_OF_PRINT: tuple[tuple[float, Change], ...] = (
    (0.3, print_noise.drop_final_stop),
    (0.5, print_noise.break_lines),
    (0.2, print_noise.one_line),
    (0.12, print_noise.upper_case),
    (0.25, print_noise.strip_accents),
    (0.2, print_noise.misread_letters),
)
"""Share of acts that each change is made to, in order; set before any measurement."""


_OUTER = " \t\n.,;:-\"'"


def trim_spans(act: WeakAct) -> WeakAct:
    """The act with no mark that starts or ends in a space or stop, and none that is empty."""
    kept = []
    for start, end, label in act.spans:
        while start < end and act.text[start] in _OUTER:
            start += 1
        while end > start and act.text[end - 1] in _OUTER:
            end -= 1
        if start < end:
            kept.append((start, end, label))
    return replace(act, spans=tuple(kept))
