"""Cuts E5's vocabulary down to the pieces that Portuguese official text uses.

Pieces keep their scores, so that a text whose pieces were all kept is cut as before. Reads texts;
trains nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from cidadao_models.models.text_analysis.folding import fold_text
from cidadao_models.training.e5 import E5

BOS, PAD, EOS, UNK, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
SPECIALS = (BOS, PAD, EOS, UNK)
"""First four pieces, in E5's order; `<mask>` comes last."""

CHUNK = 2_000
"""Texts handed to the tokenizer at once."""


def tokenizer(pieces: Sequence[tuple[str, float]]) -> Tokenizer:
    """The Unigram tokenizer over `pieces`, whose first four are `SPECIALS`."""
    made = Tokenizer(models.Unigram(list(pieces), unk_id=SPECIALS.index(UNK), byte_fallback=False))
    made.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single=f"{BOS} $A {EOS}",
        pair=f"{BOS} $A {EOS} $B {EOS}",
        special_tokens=[(BOS, 0), (EOS, 2)],
    )
    return made


def count_pieces(full: Tokenizer, texts: Iterable[str]) -> Counter[int]:
    """How often each piece occurs in the texts, and in their plain and upper-case variants.

    Acts are printed in capitals and without accents so often that their pieces must be there.
    """
    counts: Counter[int] = Counter()
    for chunk in _chunks(_variants(texts)):
        for encoding in full.encode_batch_fast(chunk, add_special_tokens=False):
            counts.update(encoding.ids)
    return counts


def _variants(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield text
        if number % 4 == 0:
            yield text.upper()
            yield fold_text(text)
        if number % 4 == 1:
            yield fold_text(text).upper()


def _chunks(texts: Iterable[str]) -> Iterator[list[str]]:
    source = iter(texts)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def kept_pieces(e5: E5, counts: Counter[int], size: int) -> np.ndarray:
    """Ids of E5 that stay, in E5's order: specials, Latin single characters, then the commonest.

    Gives at most `size` ids; `<mask>` is the last one.
    """
    mask = len(e5.pieces) - 1
    fixed = {*range(len(SPECIALS)), mask}
    fixed |= {i for i, (piece, _) in enumerate(e5.pieces) if _is_latin_character(piece)}
    room = size - len(fixed)
    common = [i for i, _ in counts.most_common() if i not in fixed][:room]
    return np.array(sorted(fixed | set(common)))


def _is_latin_character(piece: str) -> bool:
    """One character of Latin script, a digit or a sign, with or without the word mark."""
    letter = piece.removeprefix("▁") or "▁"
    return (
        len(letter) == 1 and (letter < "\u0250" or "\u2010" <= letter <= "\u20bf")
    ) or piece == "▁"


def pruned(e5: E5, kept: np.ndarray) -> tuple[Tokenizer, np.ndarray]:
    """Tokenizer of the kept pieces and their (len(kept), hidden) rows of the word embedding."""
    rows = e5.arrays["embeddings.word_embeddings.weight"]
    return tokenizer([e5.pieces[i] for i in kept]), rows[kept]
