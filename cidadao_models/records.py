"""The canonical fields of a spending record, and the identity documents in them.

Says what a record may hold and how CNPJ and CPF are told, checked and masked. Does not read files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["code", "text", "document", "money", "number", "date"]


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field: its kind of value and the label a reader sees."""

    name: str
    kind: Kind
    label: str


FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("id", "code", "identificador"),
        Field("numero", "code", "número"),
        Field("orgao_id", "code", "código do órgão"),
        Field("orgao", "text", "órgão"),
        Field("unidade_gestora_id", "code", "código da unidade gestora"),
        Field("unidade_gestora", "text", "unidade gestora"),
        Field("uf", "text", "UF"),
        Field("municipio", "text", "município"),
        Field("fornecedor_id", "document", "CNPJ ou CPF do fornecedor"),
        Field("fornecedor", "text", "fornecedor"),
        Field("objeto", "text", "objeto"),
        Field("categoria", "text", "categoria"),
        Field("modalidade", "text", "modalidade"),
        Field("fundamento_legal", "text", "fundamento legal"),
        Field("situacao", "text", "situação"),
        Field("valor", "money", "valor"),
        Field("valor_estimado", "money", "valor estimado"),
        Field("valor_inicial", "money", "valor inicial"),
        Field("valor_final", "money", "valor final"),
        Field("valor_pago", "money", "valor pago"),
        Field("quantidade", "number", "quantidade"),
        Field("unidade", "text", "unidade de medida"),
        Field("valor_unitario", "money", "valor unitário"),
        Field("data", "date", "data"),
        Field("data_publicacao", "date", "data de publicação"),
        Field("data_abertura", "date", "data de abertura"),
        Field("data_assinatura", "date", "data de assinatura"),
        Field("vigencia_inicio", "date", "início da vigência"),
        Field("vigencia_fim", "date", "fim da vigência"),
        Field("n_propostas", "number", "número de propostas"),
        Field("n_aditivos", "number", "número de aditivos"),
        Field("valor_aditivos", "money", "valor dos aditivos"),
        Field("data_aditivo", "date", "data do aditivo"),
        Field("data_encerramento", "date", "fim do recebimento de propostas"),
        Field("item_codigo", "code", "código do item"),
        Field("fornecedor_abertura", "date", "data de abertura da empresa"),
        Field("fornecedor_situacao", "text", "situação cadastral da empresa"),
        Field("fornecedor_situacao_data", "date", "data da situação cadastral"),
        Field("licitacao_id", "code", "identificador da licitação"),
        Field("valor_proposta", "money", "valor da proposta"),
        Field("vencedor", "text", "proposta vencedora"),
        Field("situacao_proposta", "text", "situação da proposta"),
        Field("abrangencia", "text", "abrangência da sanção"),
    )
}

ITEM_MARK = " · item "
"""What joins the identifier of a tender to that of its item or lot in `licitacao_id`."""

Texts: TypeAlias = "pd.Series[Any] | pa.Array | pa.ChunkedArray | Iterable[object]"


def as_text(values: Texts) -> pa.Array:
    """The values as one string array; missing values are null, 9645889000139.0 keeps 13 digits."""
    if isinstance(values, pd.Series) and values.dtype != object:
        array = pa.array(values, from_pandas=True)
    elif isinstance(values, (pa.Array, pa.ChunkedArray)):
        array = values
    else:
        array = pa.array([None if _is_missing(value) else str(value) for value in values])
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_floating(array.type):
        return _float_text(array)
    return array.cast(pa.string())


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


_EXACT_INTEGERS = 1e15
"""Floats below this hold every integer, so they can be written without exponent or decimals."""


def _float_text(array: pa.Array) -> pa.Array:
    finite = pc.if_else(pc.fill_null(pc.is_finite(array), False), array, None)
    whole = pc.and_(pc.equal(pc.floor(finite), finite), pc.less(pc.abs(finite), _EXACT_INTEGERS))
    integers = pc.if_else(whole, finite, None).cast(pa.int64()).cast(pa.string())
    return pc.coalesce(integers, finite.cast(pa.string()))


# -- documents ---------------------------------------------------------------------------------

_CNPJ_WEIGHTS = np.array([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int32)
"""Weights of the second check digit; the first takes them from the second on. A letter counts
as its ASCII code minus 48 (IN RFB 2.229/2024, the alphanumeric CNPJ)."""

_CPF_WEIGHTS = np.array([11, 10, 9, 8, 7, 6, 5, 4, 3, 2], dtype=np.int32)

_MIN_DIGITS_OF_CNPJ = 6
"""A bare 14-character code with fewer digits is a name or a foreign id, not a wrong CNPJ."""

_DECORATION = r"""^[='"\s]+|['"\s]+$"""
_LABEL = (
    r"(?i)^(?:CNPJ|CPF)(?:/(?:CNPJ|CPF|MF))*[\s:.Nnº°-]+(?:PESSOA\s+(?:JUR.DICA|F.SICA)[\s-]+)?"
)
_FLOAT_TAIL = r"^(\d{3,14})[.,]0+$"
_ALPHANUMERIC_FORM = r"(?i)^[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}$"
_MASKED = r"^[0-9*X•#]*[*X•#]{3}[0-9*X•#]*$"
_REPEATED = "^(?:" + "|".join(f"{digit}+" for digit in range(10)) + ")$"
"""One digit over and over; RE2 has no back-reference, so each digit is spelt out."""
_SENTINELS = pa.array(["-1", "-2", "-3", "-8", "-9", "-99"])
_HASHED = "CPFH"
"""Start of the hashes that stand for a CPF in published samples: an id, never a wrong CNPJ."""


def cnpj_digits_hold(texts: Texts) -> npt.NDArray[np.bool_]:
    """(n,) whether both check digits hold, for texts of exactly 14 characters 0-9 A-Z."""
    return _digits_hold(_character_values(texts, 14), _CNPJ_WEIGHTS)


def cpf_digits_hold(texts: Texts) -> npt.NDArray[np.bool_]:
    """(n,) whether both check digits hold, for texts of exactly 11 digits."""
    return _digits_hold(_character_values(texts, 11), _CPF_WEIGHTS)


def _character_values(texts: Texts, length: int) -> npt.NDArray[np.int32]:
    """(n, length) ASCII code minus 48 of each character."""
    characters, _ = text_bytes(as_text(texts))
    return characters.reshape(-1, length).astype(np.int32) - 48


def text_bytes(texts: pa.Array) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """All UTF-8 bytes of a string array end to end, and the (n + 1,) offsets of its cells."""
    _, offsets, data = texts.buffers()
    if not len(texts) or data is None:
        return np.empty(0, np.uint8), np.zeros(len(texts) + 1, np.int32)
    bounds = np.frombuffer(offsets, np.int32, len(texts) + 1, texts.offset * 4)
    cells = np.frombuffer(data, np.uint8)[bounds[0] : bounds[-1]]
    return cells, bounds - bounds[0]


def _digits_hold(
    values: npt.NDArray[np.int32], weights: npt.NDArray[np.int32]
) -> npt.NDArray[np.bool_]:
    first = _check_digit(values[:, :-2], weights[1:])
    second = _check_digit(values[:, :-1], weights)
    return np.asarray((values[:, -2] == first) & (values[:, -1] == second))


def _check_digit(
    values: npt.NDArray[np.int32], weights: npt.NDArray[np.int32]
) -> npt.NDArray[np.int32]:
    rest = (values * weights).sum(axis=1) % 11
    return np.where(rest < 2, 0, 11 - rest).astype(np.int32)


@dataclass(slots=True)
class Documents:
    """What n texts are as documents (see `classify_documents`), filled form by form."""

    kind: npt.NDArray[np.object_]
    valid: npt.NDArray[np.bool_]
    digits: npt.NDArray[np.object_]

    @classmethod
    def unknown(cls, n: int) -> Documents:
        return cls(
            np.full(n, "desconhecido", dtype=object),
            np.zeros(n, dtype=bool),
            np.full(n, "", dtype=object),
        )

    def mark(
        self,
        rows: npt.NDArray[np.intp],
        kind: str,
        valid: npt.NDArray[np.bool_] | bool,
        digits: npt.NDArray[np.object_],
    ) -> None:
        self.kind[rows] = kind
        self.valid[rows] = valid
        self.digits[rows] = digits


def classify_documents(values: Texts) -> pd.DataFrame:
    """What each text is as a document: columns `kind`, `valid`, `digits`, one row per value.

    `kind`: cnpj, cpf, cpf_mascarado, placeholder (repeated digits, -1), desconhecido (a hash, a
    foreign id) or "" when missing. `valid` is True only for a cnpj or cpf whose check digits
    hold; a cnpj or cpf with False has the shape but not the digits. `digits` is the bare
    document (14 or 11 characters, the visible digits of a masked CPF, else ""). Lost leading
    zeros come back, and a CPF padded to 14 digits is a cpf, only where the check digits agree.
    """
    index = values.index if isinstance(values, pd.Series) else None
    encoded = as_text(values).dictionary_encode()
    unique = classify_distinct(encoded.dictionary)
    codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return pd.DataFrame(
        {
            "kind": pd.array(np.append(unique.kind, "")[codes], dtype="str"),
            "valid": np.append(unique.valid, False)[codes],
            "digits": pd.array(np.append(unique.digits, "")[codes], dtype="str"),
        },
        index=index,
    )


def _rows(mask: pa.Array) -> npt.NDArray[np.intp]:
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))


def classify_distinct(texts: pa.Array) -> Documents:
    """`classify_documents` for a string array without nulls, as bare arrays."""
    answer = Documents.unknown(len(texts))
    digits = pc.utf8_is_digit(texts)
    if pc.all(digits).as_py():
        _mark_numbers(answer, texts)
        _mark_placeholders(answer, texts, texts)
        return answer
    plain = pc.replace_substring_regex(texts, _DECORATION, "")
    plain = pc.replace_substring_regex(plain, _LABEL, "")
    plain = pc.replace_substring_regex(plain, _FLOAT_TAIL, r"\1")
    bare = pc.replace_substring_regex(plain, r"[\s./\\–-]", "")
    _mark_masked(answer, pc.utf8_upper(bare))
    _mark_numbers(answer, bare)
    _mark_alphanumeric(answer, plain, bare)
    _mark_placeholders(answer, plain, bare)
    return answer


def _mark_placeholders(answer: Documents, plain: pa.Array, bare: pa.Array) -> None:
    repeated = pc.or_(pc.match_substring_regex(bare, _REPEATED), pc.equal(pc.utf8_length(bare), 0))
    rows = _rows(pc.or_(repeated, pc.is_in(plain, value_set=_SENTINELS)))
    answer.mark(rows, "placeholder", False, np.full(len(rows), "", dtype=object))
    answer.kind[_rows(pc.equal(pc.utf8_length(plain), 0))] = ""


def _mark_masked(answer: Documents, bare: pa.Array) -> None:
    masked = pc.and_(pc.match_substring_regex(bare, _MASKED), pc.equal(pc.utf8_length(bare), 11))
    visible = pc.replace_substring_regex(bare, "[^0-9]", "").to_numpy(zero_copy_only=False)
    shown = pa.array(visible, pa.string())
    rows = _rows(pc.and_(masked, pc.greater(pc.utf8_length(shown), 0)))
    answer.mark(rows, "cpf_mascarado", False, visible[rows])


_NUMBER_LENGTHS = pa.array(range(9, 15), pa.int32())
"""Digits of a CPF that lost two zeros up to those of a CNPJ."""


def _mark_numbers(answer: Documents, bare: pa.Array) -> None:
    """All-digit texts of 9 to 14 digits, with what zeros they lost or gained."""
    size = pc.utf8_length(bare)
    numeric = pc.and_(pc.ascii_is_decimal(bare), pc.is_in(size, value_set=_NUMBER_LENGTHS))
    rows = _rows(numeric)
    text, length = bare.filter(numeric), size.filter(numeric).to_numpy(zero_copy_only=False)
    padded_text = pc.utf8_lpad(text, 14, "0")
    short_text = pc.utf8_slice_codeunits(padded_text, 3, 14)
    cnpj, cpf = cnpj_digits_hold(padded_text), cpf_digits_hold(short_text)
    long = padded_text.to_numpy(zero_copy_only=False)
    short = short_text.to_numpy(zero_copy_only=False)
    # three lost zeros are believed only with the usual branch numbers, a CPF being likelier
    branch = pc.equal(pc.utf8_slice_codeunits(padded_text, 8, 10), "00")
    branch = branch.to_numpy(zero_copy_only=False)
    padded = pc.starts_with(padded_text, "000").to_numpy(zero_copy_only=False)
    is_cpf = cpf & ((length <= 11) | ((length == 14) & padded & ~cnpj))
    is_cnpj = ~is_cpf & ((length == 14) | (cnpj & ((length >= 12) | branch)))
    wrong_cpf = ~is_cpf & ~is_cnpj & (length == 11)
    answer.mark(rows[is_cnpj], "cnpj", cnpj[is_cnpj], long[is_cnpj])
    answer.mark(rows[is_cpf], "cpf", True, short[is_cpf])
    answer.mark(rows[wrong_cpf], "cpf", False, short[wrong_cpf])


def _mark_alphanumeric(answer: Documents, plain: pa.Array, bare: pa.Array) -> None:
    """CNPJs with letters: formatted ones always, bare ones when valid or in upper case."""
    shape = pc.match_substring_regex(bare, r"(?i)^[0-9A-Z]{12}\d{2}$")
    letters = pc.match_substring_regex(bare, r"[A-Za-z]")
    known_id = pc.starts_with(bare, _HASHED)
    rows = _rows(pc.and_(pc.and_(shape, letters), pc.invert(known_id)))
    text = pc.utf8_upper(bare).to_numpy(zero_copy_only=False)[rows]
    valid = cnpj_digits_hold(text)
    formatted = pc.match_substring_regex(plain, _ALPHANUMERIC_FORM)
    digits = pc.count_substring_regex(bare, r"\d").to_numpy(zero_copy_only=False)[rows]
    upper = pc.equal(bare, pc.utf8_upper(bare)).to_numpy(zero_copy_only=False)[rows]
    told = upper & (digits >= _MIN_DIGITS_OF_CNPJ)
    keep = valid | told | formatted.to_numpy(zero_copy_only=False)[rows]
    answer.mark(rows[keep], "cnpj", valid[keep], text[keep])


def cnpj_root(values: Texts) -> pd.Series:
    """The first 8 characters of each valid CNPJ (the company, whatever the branch), else ""."""
    documents = classify_documents(values)
    known = (documents["kind"] == "cnpj") & documents["valid"]
    return documents["digits"].str[:8].where(known, "")


# -- masking -----------------------------------------------------------------------------------

_MASK = "***.{}.{}-**"
_FORMATTED_CPF = re.compile(r"(?<!\d)(?<!\d[./-])\d{3}\.(\d{3})\.(\d{3})\s?[-/]\s?\d{2}(?!\d)")
_LOOSE_CPF = re.compile(
    r"(?<!\d)(?<!\d[.,/-])(\d{3})([. ]?)(\d{3})\2(\d{3})[ ]?[-/. ]?[ ]?(\d{2})(?!\d)(?![.,/-]\d)"
)
"""Eleven digits, bare or oddly separated: masked only where the check digits hold."""
_PADDED_CPF = re.compile(r"(?<!\d)(?<!\d[.,/-])000\d{11}(?!\d)(?![.,/-]\d)")
_OWNER_AT_END = re.compile(r"^((?:[^\W\d_][\w.&'-]*\s+){2,})(\d{11})\s*$")
"""A company named after its owner, whose CPF ends the name (MEI)."""
_NOT_A_NAME = re.compile(
    r"(?i)\b(?:processo|contrato|preg[aã]o|protocolo|empenho|nota|n[º°o]|n[uú]mero|tel\w*|fone"
    r"|celular|whatsapp|dispensa|edital|conv[eê]nio|matr[ií]cula|cep|conta|ag[eê]ncia|c[oó]digo)\b"
)
_PHONE_BEFORE = re.compile(r"(?i)(?:tel\w*|fone|cel\w*|whats\w*|contato|\+55)[\s.:(]*$")
_MAYBE_CPF = r"\d{3}[. ]?\d{3}[. ]?\d{3}[ ]?[-/. ]?[ ]?\d{2}"


def mask_cpf(text: str) -> str:
    """The text with every CPF as ***.456.789-**; CNPJs, phones and process numbers stay.

    Formatted CPFs are masked whatever their digits; bare ones when the check digits hold or
    when they end a company's name, as they do for individual entrepreneurs (MEI).
    """
    text = _FORMATTED_CPF.sub(_visible, text)
    text = _PADDED_CPF.sub(_mask_padded, text)
    text = _LOOSE_CPF.sub(_mask_if_valid, text)
    owner = _OWNER_AT_END.match(text)
    if owner is not None and not _NOT_A_NAME.search(owner[1]):
        text = owner[1] + mask_document(owner[2])
    return text


def mask_document(text: str) -> str:
    """As `mask_cpf`, for a cell known to hold a document: any 11 digits are taken for a CPF."""
    bare = re.sub(r"[\s./-]", "", text)
    if len(bare) == 11 and bare.isdigit():
        return _MASK.format(bare[3:6], bare[6:9])
    return mask_cpf(text)


def _visible(match: re.Match[str]) -> str:
    return _MASK.format(match[1], match[2])


def _mask_padded(match: re.Match[str]) -> str:
    number = match[0]
    if cpf_digits_hold([number[3:]])[0] and not cnpj_digits_hold([number])[0]:
        return _MASK.format(number[6:9], number[9:12])
    return number


def _mask_if_valid(match: re.Match[str]) -> str:
    number = match[1] + match[3] + match[4] + match[5]
    holds = number.isascii() and cpf_digits_hold([number])[0] and len(set(number)) > 1
    if not holds or _PHONE_BEFORE.search(match.string[: match.start()]):
        return match[0]
    return _MASK.format(match[3], match[4])


def mask_cpf_series(texts: pd.Series) -> pd.Series:
    """`mask_cpf` over a text column; only cells that hold eleven digits in a row are touched."""
    array = as_text(texts)
    rows = _rows(pc.fill_null(pc.match_substring_regex(array, _MAYBE_CPF), False))
    if not len(rows):
        return texts
    masked = texts.copy()
    cells = array.take(pa.array(rows)).to_pylist()
    masked.iloc[rows] = [mask_cpf(cell) for cell in cells]
    return masked


# -- modality ----------------------------------------------------------------------------------

_MODALITIES = (
    ("adesao", "adesao|carona"),
    ("inexigibilidade", "inexig|inex "),
    ("dispensa", "dispensa|dispensad|dispensav"),
    ("pregao", "pregao"),
    ("tomada_precos", "tomada de prec|tomada prec"),
    ("concorrencia", "concorrencia"),
    ("dialogo", "dialogo"),
    ("convite", "convite"),
    ("leilao", "leilao"),
    ("concurso", "concurso"),
    ("credenciamento", "credenciamento"),
)
"""Class and the words that tell it, in order: a direct award by adhesion names both acts."""

_NO_MODALITY = re.compile(
    r"^(?:nao se aplica|nao aplicavel|sem informacao|-?\d+(?: 0)?|[a-z]{1,2}|n ?a|null|nan|-|)$"
)
"""Missing, or a code without its table: what it names is not known."""


def plain_words(text: str) -> str:
    """Lower case without accents, punctuation as one space: how words are compared."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9-]+", " ", bare).strip()


def _modality_of(text: str) -> str:
    words = plain_words(text)
    if _NO_MODALITY.match(words):
        return ""
    return next((name for name, pattern in _MODALITIES if re.search(pattern, words)), "outros")


def modality_class(values: Texts) -> pd.Series:
    """The class of each modality text: pregao, dispensa, …, `outros`, or "" when missing."""
    index = values.index if isinstance(values, pd.Series) else None
    encoded = as_text(values).dictionary_encode()
    classes = np.array([*map(_modality_of, encoded.dictionary.to_pylist()), ""], dtype=object)
    codes = encoded.indices.fill_null(len(classes) - 1).to_numpy(zero_copy_only=False)
    return pd.Series(pd.array(classes[codes], dtype="str"), index=index)
