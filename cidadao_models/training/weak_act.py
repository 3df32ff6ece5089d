"""A text with marked facts, and changes of the text that keep the marks on the right words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

Mover = Callable[[int, bool], int]
"""Where a position of the old text stands in the new one; True for the end of a piece."""
Edit = tuple[int, int, str]
"""Characters [start, end) of a text become the given words."""


@dataclass(frozen=True, slots=True)
class WeakAct:
    """`spans` are (start, end, label) of `text`, and may lie in one another (a law inside the
    object); `ignore` are pieces whose labels are not known, to be skipped by the loss.
    """

    text: str
    spans: tuple[tuple[int, int, str], ...]
    act_type: str
    ignore: tuple[tuple[int, int], ...] = ()

    def first(self, label: str) -> str | None:
        """The words of the first fact with this label."""
        return next((self.text[s:e] for s, e, found in self.spans if found == label), None)


def edited(act: WeakAct, edits: Iterable[Edit]) -> WeakAct:
    """The act after `edits`, which may not overlap; a mark inside an edit covers its new words."""
    ordered = sorted(edits)
    pieces, last = [], 0
    starts, shifts = [], []
    shift = 0
    for start, end, words in ordered:
        if start < last:
            raise ValueError(f"edits overlap at character {start}")
        pieces += [act.text[last:start], words]
        starts.append(start)
        shifts.append(shift)
        shift += len(words) - (end - start)
        last = end
    pieces.append(act.text[last:])

    def moved(position: int, at_end: bool) -> int:
        index = bisect_right(starts, position - at_end) - 1
        if index < 0:
            return position
        start, end, words = ordered[index]
        if position >= end:
            return position + shifts[index] + len(words) - (end - start)
        return start + shifts[index] + (len(words) if at_end else 0)

    return _rebuilt(act, "".join(pieces), moved)


def _rebuilt(act: WeakAct, text: str, moved: Mover) -> WeakAct:
    spans = ((moved(s, False), moved(e, True), label) for s, e, label in act.spans)
    ignore = ((moved(s, False), moved(e, True)) for s, e in act.ignore)
    return replace(
        act,
        text=text,
        spans=tuple(sorted(span for span in spans if span[0] < span[1])),
        ignore=tuple(piece for piece in ignore if piece[0] < piece[1]),
    )


def rearranged(act: WeakAct, pieces: Sequence[tuple[int, int]]) -> WeakAct:
    """The pieces of the act in the given order; each mark must lie within one of them."""
    texts: list[str] = []
    spans: list[tuple[int, int, str]] = []
    ignore: list[tuple[int, int]] = []
    at = 0
    for start, end in pieces:
        by = at - start
        spans += [(s + by, e + by, label) for s, e, label in act.spans if start <= s and e <= end]
        inside = ((max(s, start), min(e, end)) for s, e in act.ignore)
        ignore += [(s + by, e + by) for s, e in inside if s < e]
        texts.append(act.text[start:end])
        at += end - start
    return replace(act, text="".join(texts), spans=tuple(sorted(spans)), ignore=tuple(ignore))
