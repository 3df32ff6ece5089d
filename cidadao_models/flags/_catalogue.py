"""The catalogue of flags: every flag as one page in a fixed order, as plain text and Markdown.

One home for the page's method tab, the command line and the README; runs no flag.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cidadao_models.findings import words
from cidadao_models.flags import LABELS, Flag, all_flags

OPENING, CLOSING = "<!-- sinais: início -->", "<!-- sinais: fim -->"
"""What stands around the table of flags in a document."""

GROUPS = (
    (
        False,
        "Verificações que bastam por si",
        "Cada uma pode trazer um registro à lista.",
    ),
    (True, "Verificações que só dão contexto", "Aparecem ao lado de outras; sozinhas, não bastam."),
)
"""Whether the flags of each group only give context, its title, and what that means."""


def grouped() -> list[tuple[str, str, list[Flag]]]:
    """(title, meaning, flags by id) of each group that has flags."""
    flags = all_flags()
    groups = [
        (title, meaning, [one for one in flags if one.context is context])
        for context, title, meaning in GROUPS
    ]
    return [group for group in groups if group[2]]


def sections(one: Flag) -> list[tuple[str, str]]:
    """(heading, text) of a flag's page, always the same headings in the same order."""
    return [
        ("O que observa", f"{words.fill(one.explain, one.example)} (Exemplo inventado.)"),
        ("Por que é um sinal", f"{one.legal_basis}."),
        ("Como decide", one.method),
        ("Ajustes", _settings(one)),
        ("Precisa de", f"{needs(one)}."),
        ("Pode ser normal se", one.innocent),
        ("Para conferir", one.next_step),
        ("Só dá contexto?", _CONTEXT if one.context else "Não: pode bastar por si."),
        ("Nome na API", one.id),
    ]


_CONTEXT = "Sim: nunca traz, sozinho, um registro à lista."


def needs(one: Flag) -> str:
    """What the flag needs, in a reader's words: `data, valor, modalidade ou fundamento legal`."""
    return "; ".join(_need(need) for need in one.needs)


def _need(need: str | tuple[str, ...]) -> str:
    names = (need,) if isinstance(need, str) else need
    return " ou ".join(dict.fromkeys(LABELS[name] for name in names))


def _settings(one: Flag) -> str:
    if not one.params:
        return "nenhum."
    return "; ".join(f"{name} = {_plain(value)}" for name, value in one.params.items()) + "."


def _plain(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.number(value, None if float(value).is_integer() else _decimals(value))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_plain, value))
    return str(value)


def _decimals(value: float) -> int:
    """As many decimals as the number has: 0.005 keeps its three."""
    return len(f"{value:.10f}".rstrip("0").split(".")[1])


def markdown() -> str:
    """The whole catalogue as Markdown."""
    parts = [f"# Catálogo de sinais ({words.number(len(all_flags()))})"]
    for title, meaning, flags in grouped():
        parts += [f"## {title}", meaning, *(_page(one) for one in flags)]
    return "\n\n".join(parts) + "\n"


def _page(one: Flag) -> str:
    lines = [f"- **{heading}**: {_escaped(text)}" for heading, text in sections(one)[:-1]]
    lines.append(f"- **{sections(one)[-1][0]}**: `{one.id}`")
    return "\n".join([f"### {one.title}", "", *lines])


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: names such as `valor_inicial` keep their underscores."""
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", text)


def table() -> str:
    """All flags as a Markdown table: name in the API, title, norm."""
    rows = [
        f"| `{one.id}` | {_escaped(one.title)}{' (contexto)' if one.context else ''} "
        f"| {_escaped(one.legal_basis)} |"
        for one in all_flags()
    ]
    return "\n".join(["| nome | sinal | norma |", "| --- | --- | --- |", *rows])


def with_table(document: str) -> str:
    """The document with its table of flags made anew. ValueError without the two marks."""
    start, end = document.find(OPENING), document.find(CLOSING)
    if not 0 <= start < end:
        raise ValueError(f"the document has no {OPENING} … {CLOSING}")
    return f"{document[: start + len(OPENING)]}\n{table()}\n{document[end:]}"
