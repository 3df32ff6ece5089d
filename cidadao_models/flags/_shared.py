"""Work that several flags ask for, done once while they all look at one table.

Remembers only during `flags.run`, beside the very table it runs on: a copy or a part of it starts
afresh. Takes it that nobody changes that table meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd

Settings = ParamSpec("Settings")
Answer = TypeVar("Answer")

_NAME = "_done_in_this_run"
"""Attribute of the table of a run; pandas hands it on to no other table."""


@contextmanager
def remembering(prepared: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The same columns as a table beside which, meanwhile, `shared` functions keep answers."""
    table = prepared.copy(deep=False)
    done: dict[object, object] = {}
    object.__setattr__(table, _NAME, done)
    try:
        yield table
    finally:
        done.clear()


def shared(
    work: Callable[Concatenate[pd.DataFrame, Settings], Answer],
) -> Callable[Concatenate[pd.DataFrame, Settings], Answer]:
    """Make a function of a table (and of hashable settings) answer once a run.

    All callers get the same answer, so none may change it.
    """

    @wraps(work)
    def once(table: pd.DataFrame, /, *args: Settings.args, **kwargs: Settings.kwargs) -> Answer:
        done = table.__dict__.get(_NAME)
        if done is None:
            return work(table, *args, **kwargs)
        key = (once, args, tuple(kwargs.items()))
        if key not in done:
            done[key] = work(table, *args, **kwargs)
        answer: Answer = done[key]
        return answer

    return once
