"""What the words of one fact are worth: an amount, a day, a modality, an ordinal, a bare number.

Reads words already found in a text; finds nothing in it.
"""

from __future__ import annotations

import re
from datetime import date

from cidadao_models.models.text_analysis.folding import fold_text

MAX_MONEY = 1e16
"""R$; more digits than that are no amount."""

_MULTIPLES = (("bilh", 1e9), ("milh", 1e6), ("mil", 1e3))
MIN_YEAR, MAX_YEAR = 1900, 2100
"""Calendar years of a public act; other digits between slashes are no date."""

_PIVOT_YEAR = 70
"""Two-digit years below it are of this century."""

MONTHS = {
    name: number
    for number, name in enumerate("jan fev mar abr mai jun jul ago set out nov dez".split(), 1)
}
"""Number of each month by the first three letters of its name."""

_UNITS = (
    "zero um dois tres quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
    "dezesseis dezessete dezoito dezenove vinte"
).split()
_WORD_VALUES = {
    **{word: value for value, word in enumerate(_UNITS)},
    "primeiro": 1, "catorze": 14, "trinta": 30, "duas": 2, "uma": 1,
}  # fmt: skip

_SLASHED = (
    r"(?<![\d/])(?P<d>\d ?\d?)o? ?/{1,2} ?(?P<m>\d ?\d?) ?/{1,2} ?"
    r"(?P<y>\d ?\d ?\d ?\d|\d\d)(?![\d/])"
)
"""Scanned pages set digits apart: `13 / 0 6 / 2 0 1 7`."""
_DOTTED = r"(?<![\d.-])(?P<d>\d{1,2})(?P<sep>[.-])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4})(?![\d.-]\d|\d)"
_YEAR_FIRST = r"(?<![\d./-])(?P<y>\d{4})(?P<sep>[/.-])(?P<m>\d{2})(?P=sep)(?P<d>\d{2})(?![\d/-])"
_NAMED = (
    r"(?<![\d/])(?P<d>\d{1,2}) ?o?\.? ?(?:\([a-z ]{2,20}\) ?)?"
    r"(?:dias? )?(?:do mes )?(?:de |d e |[/.-] ?)?(?P<w>jan|fev|mar|abr|mai|jun|jul|ago|set|out|"
    r"nov|dez)"
    r"[a-z]{0,6}\.?(?: de | do ano de | ?[/.-] ?| d e |,? ?)(?P<y>(?:\d\.?\d{3}|"
    r"(?<=[/.-])\d\d)(?!\d)|dois mil(?: e [a-z]+(?: e [a-z]+)?)?)"
)
_SPOKEN = (
    r"\b(?P<d>[a-z]+(?: e [a-z]+)?) (?:dias? )?(?:do mes )?de "
    r"(?P<w>jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez)[a-z]{0,6}"
    r" (?:de|do ano de) (?P<y>\d\.?\d{3}|dois mil(?: e [a-z]+(?: e [a-z]+)?)?)"
)
_DAYS = tuple(map(re.compile, (_SLASHED, _DOTTED, _YEAR_FIRST, _NAMED, _SPOKEN)))


def bare(text: str) -> str:
    """Only letters and digits, in upper case: how numbers of papers are compared."""
    return re.sub(r"[^0-9A-Z]", "", fold_text(text).upper())


def amount(text: str) -> float | None:
    """R$ of an amount in Brazilian or international writing; None when there is no number."""
    plain = fold_text(text)
    found = re.search(r"\d[\d., ]*", plain)
    if found is None:
        return None
    digits = found[0].replace(" ", "").rstrip(".,")
    value = float(_with_decimal_point(digits))
    if value > MAX_MONEY:
        return None
    tail = plain[found.end() :].lstrip()
    for word, factor in _MULTIPLES:
        if re.match(rf"{word}(?:oes|ao|ares)?\b", tail):
            return round(value * factor, 2)
    return value


def _with_decimal_point(digits: str) -> str:
    """`1.234,56`, `1,234.56`, `1.234.56` and `612.35` with one point before the cents."""
    whole, mark, rest = digits.rpartition("," if digits.rfind(",") > digits.rfind(".") else ".")
    if not mark:
        return digits
    both = "," in digits and "." in digits
    only_groups = len(rest) == 3 and (mark == "." or both or digits.count(",") > 1)
    if only_groups and not (both and mark == ","):
        return re.sub(r"[.,]", "", digits)
    return f"{re.sub(r'[.,]', '', whole)}.{rest}"


def iso_day(text: str) -> str | None:
    """The first day named in `text`, in numbers or words, as `2019-03-12`; None without one."""
    return next((day for _, _, day in days(fold_text(text))), None)


def days(view: str) -> list[tuple[int, int, str]]:
    """(start, end, ISO day) of every real day named in a plain view, in order, none overlapping."""
    found = [
        (match.start(), match.end(), day)
        for pattern in _DAYS
        for match in pattern.finditer(view)
        if (day := _day_of(match.groupdict())) is not None
    ]
    apart: list[tuple[int, int, str]] = []
    for start, end, day in sorted(found, key=lambda f: (f[0], -f[1])):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end, day))
    return apart


def _day_of(parts: dict[str, str]) -> str | None:
    day, year = (_number(parts[name]) for name in "dy")
    month = MONTHS[parts["w"]] if "w" in parts else _number(parts["m"])
    if month > 12 >= day:  # some systems print the month first; only then is it told
        day, month = month, day
    return _iso(year, month, day)


def _number(text: str) -> int:
    digits = re.sub(r"[ .]", "", text)
    return int(digits) if digits.isdigit() else spoken_number(text)


def spoken_number(words: str) -> int:
    """`vinte e um` as 21, `dois mil e dezenove` as 2019; digits stay; 0 when not understood."""
    if words.isdigit():
        return int(words)
    thousands, mark, rest = words.rpartition("mil")
    total = 1000 * spoken_number(thousands.strip()) if mark else 0
    for word in (rest if mark else words).split():
        if word != "e":
            total += _WORD_VALUES.get(word, 0)
    return total


def _iso(year: int, month: int, day: int) -> str | None:
    if year < 100:
        year += 2000 if year < _PIVOT_YEAR else 1900
    if not MIN_YEAR <= year <= MAX_YEAR:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


_MODALITIES = (
    ("pregao eletronico", r"pregao ?[-(]? ?(?:por meio |na forma )?ele ?tr|pe\b"),
    ("pregao presencial", r"pregao ?[-(]? ?pres|pp\b"),
    ("pregao", r"pregao"),
    ("tomada de precos", r"tomada|tp\b"),
    ("concorrencia", r"concorrencia"),
    ("inexigibilidade", r"inexig"),
    ("dispensa", r"dispensa"),
    ("convite", r"convite"),
    ("chamamento publico", r"cham"),
    ("credenciamento", r"credenciamento"),
    ("leilao", r"leilao"),
    ("concurso", r"concurso"),
    ("dialogo competitivo", r"dialogo"),
    ("rdc", r"rdc|regime diferenciado"),
    ("adesao", r"adesao|carona"),
    ("cotacao eletronica", r"cotacao"),
    ("licitacao", r"licitacao|procedimento licitatorio"),
)
"""Canonical name and what tells it, in order: an electronic auction also says `pregao`."""


def modality(text: str) -> str | None:
    """Canonical name of the modality that `text` names; None when it names none."""
    plain = fold_text(text)
    return next((name for name, told in _MODALITIES if re.search(rf"\b(?:{told})", plain)), None)


_ORDINALS = (
    "primeir segund terceir quart quint sext setim oitav non decim".split(),
    "vigesim trigesim quadragesim".split(),
)
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}


def ordinal(text: str) -> int | None:
    """`SEGUNDO`, `2º`, `II`, `décimo primeiro` as a number; None when none is told."""
    plain = fold_text(text)
    digits = re.search(r"\d{1,4}", plain)
    if digits:
        return int(digits[0])
    total = sum(_ordinal_word(word) for word in re.findall(r"[a-z]+", plain))
    if total:
        return total
    roman = re.match(r"[ivxl]+\b", plain)
    return _roman(roman[0]) if roman else None


def _ordinal_word(word: str) -> int:
    ones, tens = _ORDINALS
    for value, stem in enumerate(ones, 1):
        if re.fullmatch(rf"{stem}[oa]?", word):
            return value
    return next((10 * (n + 2) for n, stem in enumerate(tens) if word.startswith(stem)), 0)


def _roman(numeral: str) -> int:
    values = [_ROMAN[letter] for letter in numeral]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return sum(-value if value < after else value for value, after in pairs)
