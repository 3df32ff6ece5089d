"""Reads the examples written for this project: act type, marked facts, clauses of each paragraph.

The files stand in `training/written/`, some for clauses alone in folders below it. An example
starts with a line `=== act_type`. In its text `[[label:words]]` marks a fact, and a line that
starts with `§clause,clause§ ` says which clauses of a contract that paragraph holds. In an example
with `MARKED` such lines or more, the longer lines without a mark hold none of these clauses. Makes
nothing up and trains nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cidadao_models.models.text_analysis.clauses import CLAUSES
from cidadao_models.models.text_analysis.entities import ACT_LABELS, ACT_TYPES

FOLDER = Path(__file__).resolve().parent / "written"

CLAUSE_TEXTS = FOLDER / "clauses"
"""Contracts and excerpts that only the head of the clauses is fitted on."""

JUDGES = FOLDER / "judges"
"""Whole contracts as they are copied from a PDF, marked line by line, that are never trained on. A
fact broken over lines is marked in part only: they judge clauses alone.
"""

MARKED = 5
"""Marked lines from which an example is marked throughout."""

PARAGRAPH = 60
"""Characters of a line from which it is no heading; an unmarked heading tells nothing."""

WHOLE = 8
"""Kinds of clause from which a contract is a whole one."""

_HEAD = re.compile(r"^=== (\w+)[ \t]*\n", re.MULTILINE)
_MARK = re.compile(r"\[\[(\w+):(.*?)\]\]", re.DOTALL)
_CLAUSES = re.compile(r"^§([\w,]+)§ ?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Example:
    """`spans` are (start, end, label) of `text`; `clauses` are (start, end, ids) of paragraphs, the
    ids of a paragraph that holds no clause being ().
    """

    act_type: str
    text: str
    spans: tuple[tuple[int, int, str], ...]
    clauses: tuple[tuple[int, int, tuple[str, ...]], ...]
    source: str

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of clause it holds."""
        return frozenset(id for *_, ids in self.clauses for id in ids)

    @property
    def is_whole(self) -> bool:
        """Whether it is a contract with enough clauses to have a checklist."""
        return self.act_type == "contrato" and len(self.kinds) >= WHOLE


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """All examples, in the order of the files. Raises ValueError for a mark that is not known."""
    found: list[Example] = []
    for path in sorted(folder.glob("*.txt")):
        parts = _HEAD.split(path.read_text("utf-8"))
        if parts[0].strip():
            raise ValueError(f"{path.name}: text before the first '=== act_type'")
        pairs = zip(parts[1::2], parts[2::2], strict=True)
        found += [_example(act, body.strip("\n"), path.name) for act, body in pairs]
    return found


def _example(act_type: str, body: str, source: str) -> Example:
    if act_type not in ACT_TYPES:
        raise ValueError(f"{source}: unknown act type {act_type!r}")
    text = ""
    spans: list[tuple[int, int, str]] = []
    clauses: list[tuple[int, int, tuple[str, ...]]] = []
    for line in body.split("\n"):
        labels, line = _clauses_of(line, source)
        start = len(text)
        plain, marked = _facts_of(line, start, source)
        text += plain
        spans += marked
        if labels or len(plain) >= PARAGRAPH:
            clauses.append((start, len(text), labels))
        text += "\n"
    if sum(bool(ids) for *_, ids in clauses) < MARKED:
        clauses = [one for one in clauses if one[2]]
    return Example(act_type, text.rstrip("\n"), tuple(spans), tuple(clauses), source)


def _clauses_of(line: str, source: str) -> tuple[tuple[str, ...], str]:
    found = _CLAUSES.match(line)
    if found is None:
        return (), line
    labels = tuple(found.group(1).split(","))
    if unknown := set(labels) - set(CLAUSES):
        raise ValueError(f"{source}: unknown clauses {sorted(unknown)}")
    return labels, line[found.end() :]


def _facts_of(line: str, offset: int, source: str) -> tuple[str, list[tuple[int, int, str]]]:
    plain, spans, last = "", [], 0
    for mark in _MARK.finditer(line):
        label, words = mark.groups()
        if label not in ACT_LABELS:
            raise ValueError(f"{source}: unknown label {label!r} in {line[:80]!r}")
        plain += line[last : mark.start()]
        start = offset + len(plain)
        plain += words
        spans.append((start, offset + len(plain), label))
        last = mark.end()
    plain += line[last:]
    if "[[" in plain or "]]" in plain:
        raise ValueError(f"{source}: a mark is not closed in {line[:80]!r}")
    return plain, spans
