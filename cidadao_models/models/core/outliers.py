"""How strange each row of a numeric table is: guided isolation forest plus distance to samples.

It ranks rows and says which column is extreme; it neither decides what is an anomaly (see
`calibration`) nor knows what a column means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cidadao_models.errors import NotFitted, TooFewRecords

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Integers = npt.NDArray[np.intp]
Arrays = Mapping[str, npt.NDArray[Any]]

TREES = 100
"""Trees of the forest, as in Liu et al. 2008 and scikit-learn."""

TREE_ROWS = 64
"""Rows that grow one tree. As good as the usual 256 on the development sets (AUROC within noise,
AP higher), and a quarter of the work; fewer rows also hide clustered anomalies less."""

CUT_STEP = 2.0**-11
"""Resolution of a scaled value where the forest cuts."""

CUT_RANGE = 16.0 - CUT_STEP
"""Largest scaled value the forest tells apart; past it only the distance grows."""

LARGEST_WEIGHT = 127
"""Largest integer weight of a column in an oblique cut."""

SMALL_FIT = 256
"""Rows below which fewer trees are grown: the trees overlap so much that more add only time."""

SMALL_TREES = 50
"""Trees at the smallest sizes: 100 ranked no better on the development sets, 32 worse."""

TRIES = 6
"""Random cuts among which a node keeps the best (SCiForest's ntry, Liu et al. 2010)."""

COLUMNS_PER_CUT = 3
"""Columns mixed in one oblique cut; 3 was better than 1, 2 and 4 on the development sets."""

FIT_ROWS = TREES * TREE_ROWS
"""Most rows a fit looks at besides the column statistics: each is used by one tree."""

REFERENCE_ROWS = 2_000
"""Rows whose scores say how rare a score is."""

SAMPLE_ROWS = 16
"""Rows of one distance sample (Sugiyama and Borgwardt 2013 use 20): so few that clustered
anomalies seldom have one of their own in it."""

SAMPLES = 64
"""Distance samples averaged."""

FOREST_WEIGHT = 2.0
"""Weight of the forest's surprise against the distance's; between 1 and 3 the development sets
differ by less than their noise, and equal weights cost average precision."""

TAIL_SHARE = 0.25
"""Upper share of the reference scores that is extrapolated, not counted."""

LINEAR_UP_TO = 6.0
"""Standard deviations from the centre past which a value grows logarithmically."""

GRID_EDGE = 500
"""Order statistics kept exactly at each end of a column."""

GRID_MIDDLE = 1_000
"""Order statistics kept between the two ends."""

STEP = 2.0**-12
"""Scaled values are multiples of this, so dot products in float64 are exact and a row's score
does not depend on how the rows were cut into blocks."""

SMALL_PRODUCT = 262_144
"""Multiplications up to which OpenBLAS stays on one thread (65,536 x 4, interface/gemm.c)."""

BLOCK = 4_096
"""Row-tree pairs worked on at once: fits the cache of one core."""

DISTANCE_BLOCK = 1_024
"""Rows whose distances are worked on at once."""

THREADS = 2
"""Threads that score blocks of rows; the answer is the same for any number."""

THREADED_ABOVE = 20_000
"""Rows from which threads pay for themselves."""

LARGEST = float(np.finfo(np.float64).max) / 4
"""Size past which a value counts as infinite; differences of two such values stay finite."""

EULER_GAMMA = 0.5772156649015329


def _as_matrix(values: npt.ArrayLike) -> Floats:
    """The input as (n, d) float64 with -0.0 folded into 0.0; a vector is one column."""
    matrix = np.asarray(values, dtype=np.float64)
    if matrix.ndim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2:
        raise ValueError(f"expected a matrix of rows and columns, got {matrix.ndim} dimensions")
    return np.ascontiguousarray(matrix) + 0.0


def _mix(codes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Finaliser of splitmix64 (Steele et al. 2014): every input bit moves every output bit."""
    codes = (codes ^ (codes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    codes = (codes ^ (codes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return codes ^ (codes >> np.uint64(31))


def hash_order(matrix: Floats) -> Integers:
    """Row numbers in the order of a hash of their content, whatever order they came in.

    Equal rows count as first, second, ... copy, so that they do not stay together; which of them
    comes first does not matter, as they are equal.
    """
    step = np.uint64(0x9E3779B97F4A7C15)
    codes = np.zeros(len(matrix), dtype=np.uint64)
    for column in matrix.T:
        bits = np.where(np.isnan(column), np.nan, column).view(np.uint64)
        codes = _mix(codes + step + bits)
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(codes) else order
    copy = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))
    return order[np.argsort(_mix(ordered + step * copy.astype(np.uint64)), kind="stable")]


@dataclass(frozen=True)
class _Columns:
    """Order statistics of each column and the scale made from them, all of shape (.., d)."""

    center: Floats
    scale: Floats
    values: Floats
    ranks: Floats
    counts: Floats

    def scaled(self, matrix: Floats) -> Floats:
        """Columns around 0 in standard deviations, tails logarithmic, missing cells at 0."""
        with np.errstate(over="ignore"):
            ratio = (np.clip(matrix, -LARGEST, LARGEST) - self.center) / self.scale
        size = np.minimum(np.abs(ratio), LARGEST)
        tail = np.log1p(np.maximum(size - LINEAR_UP_TO, 0.0))
        soft = np.copysign(np.minimum(size, LINEAR_UP_TO) + tail, ratio)
        return np.nan_to_num(np.rint(soft / STEP) * STEP, nan=0.0)

    def tail_share(self, matrix: Floats) -> Floats:
        """Share (n, d) of the fitted values at least as extreme, on the rarer side."""
        shares = np.full(matrix.shape, np.nan)
        for column, count in enumerate(self.counts):
            known = ~np.isnan(matrix[:, column])
            if count == 0 or not known.any():
                continue
            cells, grid = matrix[known, column], self.values[:, column]
            ranks = np.r_[0.0, self.ranks[:, column] + 1]
            below = ranks[np.searchsorted(grid, cells, "left")]
            up_to = ranks[np.searchsorted(grid, cells, "right")]
            shares[known, column] = np.maximum(np.minimum(count - below, up_to), 1.0) / count
        return shares


def _grid_ranks(count: int, size: int) -> Integers:
    """Which of `count` order statistics are kept: all, or both ends and an even middle."""
    if count <= size:
        return np.minimum(np.arange(size), max(count - 1, 0))
    middle = np.linspace(GRID_EDGE, count - GRID_EDGE - 1, GRID_MIDDLE).astype(np.intp)
    return np.r_[np.arange(GRID_EDGE), middle, np.arange(count - GRID_EDGE, count)]


def _shortest_half(ordered: Floats) -> float:
    """Midpoint of the shortest stretch that holds half of the values: inside the main bulk.

    A median may fall into the gap between two groups; missing cells are put here.
    """
    half = (len(ordered) + 1) // 2
    widths = ordered[half - 1 :] - ordered[: len(ordered) - half + 1]
    at = int(np.argmin(widths))
    return float(ordered[at] / 2 + ordered[at + half - 1] / 2)


def _spread(ordered: Floats) -> float:
    """Standard deviation with values far outside the 5th to 95th percentile pulled in, or 1."""
    low, high = ordered[int(0.05 * (len(ordered) - 1))], ordered[int(0.95 * (len(ordered) - 1))]
    reach = 3.0 * (high - low)
    if reach > 0:
        ordered = np.clip(ordered, low - reach, high + reach)
    top = np.abs(ordered).max()
    if ordered[-1] > ordered[0]:
        return float(np.std(ordered / top) * top) or 1.0
    return float(top) or 1.0


def _fit_columns(matrix: Floats) -> _Columns:
    """Statistics of each column over every row; infinities count in ranks, not in the scale."""
    rows, width = matrix.shape
    size = min(rows, 2 * GRID_EDGE + GRID_MIDDLE)
    center, scale, counts = np.zeros(width), np.ones(width), np.zeros(width)
    values, ranks = np.zeros((size, width)), np.zeros((size, width))
    for column in range(width):
        ordered = np.sort(matrix[:, column])
        ordered = ordered[: len(ordered) - int(np.isnan(ordered).sum())]
        counts[column] = len(ordered)
        if len(ordered) == 0:
            continue
        kept = _grid_ranks(len(ordered), size)
        values[:, column], ranks[:, column] = ordered[kept], kept
        finite = ordered[np.abs(ordered) < LARGEST / 2]
        if len(finite):
            center[column], scale[column] = _shortest_half(finite), _spread(finite)
    return _Columns(center, scale, values, ranks, counts)


def products(rows: npt.NDArray[Any], matrices: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """rows (n, d) times each of matrices (b, d, w), as (b, n, w).

    Cut into products so small that OpenBLAS keeps each on the calling thread: starting its own
    threads for them took two to four times as long as the work.
    """
    count, (n, width), (_, _, across) = len(matrices), rows.shape, matrices.shape
    step = max(SMALL_PRODUCT // (width * across), 1)
    if n <= step:
        return np.asarray(np.matmul(rows, matrices))
    padded = np.zeros((-(-n // step), step, width), dtype=rows.dtype)
    padded.reshape(-1, width)[:n] = rows
    result = np.matmul(padded, matrices[:, None])
    return np.asarray(result.reshape(count, -1, across)[:, :n])


@dataclass(frozen=True)
class _Forest:
    """T full binary trees of one depth in heap order: node h has children 2h and 2h + 1.

    columns and weights (k, T, 2**depth) give each node's oblique cut, cut (T, 2**depth) where it
    lies (infinite where a branch has ended), path (T, 2**depth) the path length at each leaf and
    unit (1,) the path length expected of a random tree.
    """

    columns: npt.NDArray[np.int16]
    weights: npt.NDArray[np.int8]
    cut: Singles
    path: Singles
    unit: Floats

    def score(self, scaled: Floats) -> Floats:
        """Isolation score of each row in (0, 1), higher = isolated sooner."""
        rows = _coarse(scaled)
        trees, nodes = self.cut.shape
        total = np.zeros(len(rows))
        if nodes < 2 or rows.shape[1] == 0:
            return total
        directions = self._directions(rows.shape[1])
        for first in range(0, len(rows), BLOCK):
            block = rows[first : first + BLOCK]
            together = max(BLOCK // len(block), 1)
            for tree in range(0, trees, together):
                values = products(block, directions[tree : tree + together])
                total[first : first + BLOCK] += self._paths(values, tree)
        return np.asarray(np.exp2(-total / trees / self.unit[0]))

    def _directions(self, width: int) -> Singles:
        """The cuts of all nodes as dense columns, (T, width, 2**depth)."""
        trees, nodes = self.cut.shape
        dense = np.zeros((trees, width, nodes), dtype=np.float32)
        tree, node = np.ogrid[:trees, :nodes]
        for columns, weights in zip(self.columns, self.weights, strict=True):
            dense[tree, columns, node] += weights
        return dense

    def _paths(self, values: Singles, first: int) -> Floats:
        """Summed path length of each row in the trees from number `first` on.

        `values` (t, n, 2**depth): each row's coordinate along the cut of each node.
        """
        trees, rows, nodes = values.shape
        flat = values.ravel()
        cut = self.cut[first : first + trees].ravel()
        tree = np.repeat(np.arange(trees) * nodes, rows)
        cell = np.arange(trees * rows) * nodes
        node = np.ones(trees * rows, dtype=np.intp)
        for _ in range(nodes.bit_length() - 1):
            beyond = flat.take(cell + node) > cut.take(tree + node)
            node += node
            node += beyond
        leaf = self.path[first : first + trees].ravel().take(tree + node - nodes)
        return leaf.reshape(trees, rows).sum(axis=0, dtype=np.float64)


def _coarse(scaled: Floats) -> Singles:
    """Scaled values as multiples of CUT_STEP inside CUT_RANGE.

    15 bits; times weights of 7 bits, three of them added: under the 24 bits of a float32, so that
    cuts are computed without rounding in any order of summation.
    """
    bounded = np.clip(np.rint(scaled / CUT_STEP) * CUT_STEP, -CUT_RANGE, CUT_RANGE)
    return np.ascontiguousarray(bounded, dtype=np.float32)


def _expected_path(rows: npt.ArrayLike) -> Floats:
    """Mean path length of a random tree over that many rows (Liu et al. 2008, equation 1)."""
    count = np.asarray(rows, dtype=np.float64)
    safe = np.maximum(count, 3.0)
    longer = 2.0 * (np.log(safe - 1.0) + EULER_GAMMA) - 2.0 * (safe - 1.0) / safe
    return np.where(count > 2, longer, np.where(count == 2, 1.0, 0.0))


def _tree_count(rows: int) -> int:
    """Trees grown on that many rows."""
    return TREES if rows >= SMALL_FIT else SMALL_TREES


def _tree_rows(rows: int, trees: int, each: int, rng: np.random.Generator) -> Integers:
    """Row numbers (trees * each,) such that every row is used about equally often."""
    rounds = -(-trees * each // rows)
    return np.concatenate([rng.permutation(rows) for _ in range(rounds)])[: trees * each]


@dataclass(frozen=True)
class _Cuts:
    """One chosen cut for each of L nodes: columns and weights (k, L), where it lies (L,)."""

    columns: Integers
    weights: Singles
    cut: Singles


def _segments(values: Singles, starts: Integers) -> Singles:
    """Sums (r, L) over the stretches of each row of values (r, n) that begin at starts (L,)."""
    rows, n = values.shape
    begin = (starts + np.arange(rows)[:, None] * n).ravel()
    return np.asarray(np.add.reduceat(values.ravel(), begin).reshape(rows, len(starts)))


def _distinct(counts: Integers, rng: np.random.Generator) -> Integers:
    """Three distinct random places below each of counts (L,), TRIES times: (TRIES, 3, L).

    Below a count of three the last places repeat and mean nothing.
    """
    draw = rng.random((3, TRIES, len(counts)), dtype=np.float32)
    left = counts - np.arange(COLUMNS_PER_CUT)[:, None, None]
    first, second, third = (draw * np.maximum(left, 1)).astype(np.intp)
    second += second >= first
    third += third >= np.minimum(first, second)
    third += third >= np.maximum(first, second)
    return np.minimum(np.stack([first, second, third], axis=1), np.maximum(counts - 1, 0))


def _draw_directions(
    points: Singles, starts: Integers, sizes: Integers, rng: np.random.Generator
) -> tuple[Integers, Singles]:
    """TRIES random directions for each of L nodes: columns and weights (TRIES, 3, L).

    A direction mixes three columns that vary inside the node, or as many as there are, weighed by
    the inverse of their standard deviation there: a cut adapts to the scale of its neighbourhood.
    """
    mean = _segments(points, starts) / sizes
    square = _segments((points - np.repeat(mean, sizes, axis=1).astype(np.float32)) ** 2, starts)
    deviation = np.sqrt(square / sizes).astype(np.float32)
    varies = deviation > CUT_STEP / 16  # one point one step off among TREE_ROWS gives CUT_STEP / 8
    counts = varies.sum(axis=0)
    node = np.arange(len(starts))
    varying_first = np.argsort(~varies, axis=0, kind="stable")
    columns = varying_first[_distinct(counts, rng), node]
    weights = rng.standard_normal(columns.shape, dtype=np.float32)
    weights /= np.maximum(deviation, np.float32(CUT_STEP / 16))[columns, node]
    weights *= np.arange(COLUMNS_PER_CUT)[:, None] < counts
    largest = np.maximum(np.abs(weights).max(axis=1, keepdims=True), np.float32(1e-30))
    return columns, np.rint(weights / largest * LARGEST_WEIGHT)


def _gain(value: Singles, cut: Singles, starts: Integers, sizes: Integers) -> Singles:
    """How much cuts (r, L) lower the deviation of value (r, n) inside their two sides, 0 to 1.

    Mean of the gain with sides weighed by size and with sides weighed equally (Liu et al. 2010
    average them equally, which favours chipping off a few rows).
    """
    beyond = value - np.repeat(cut, sizes, axis=1)
    left = np.minimum(beyond, 0.0)
    right = beyond - left
    n_left = _segments((beyond <= 0).astype(np.float32), starts)
    n_right = sizes.astype(np.float32) - n_left
    sums = _segments(left, starts), _segments(right, starts)
    squares = _segments(left * left, starts), _segments(right * right, starts)

    def deviation(square: Singles, total: Singles, count: Singles) -> Singles:
        count = np.maximum(count, 1.0)
        return np.asarray(np.sqrt(np.maximum(square / count - (total / count) ** 2, 0.0)))

    d_left = deviation(squares[0], sums[0], n_left)
    d_right = deviation(squares[1], sums[1], n_right)
    whole = deviation(squares[0] + squares[1], sums[0] + sums[1], n_left + n_right)
    weighed = (n_left * d_left + n_right * d_right) / (n_left + n_right)
    inside = 0.5 * weighed + 0.25 * (d_left + d_right)
    return np.asarray(np.maximum(1.0 - inside / np.maximum(whole, np.float32(1e-9)), 0.0))


def _random_cuts(
    value: Singles, starts: Integers, rng: np.random.Generator
) -> tuple[Singles, npt.NDArray[np.bool_]]:
    """A cut (r, L) uniform inside the range of each stretch of value (r, n), and where it cuts."""
    rows, n = value.shape
    begin = (starts + np.arange(rows)[:, None] * n).ravel()
    low = np.minimum.reduceat(value.ravel(), begin)
    high = np.maximum.reduceat(value.ravel(), begin)
    cut = low + (high - low) * rng.random(len(low), dtype=np.float32)
    cut = np.minimum(cut, np.nextafter(high, np.float32(-np.inf)))
    shape = rows, len(starts)
    return cut.reshape(shape), (high > low).reshape(shape)


def _best_cuts(
    points: Singles, starts: Integers, sizes: Integers, rng: np.random.Generator
) -> tuple[_Cuts, npt.NDArray[np.bool_]]:
    """The best of TRIES random cuts for each node, and the side (n,) of each of its points.

    points (d, n) are sorted by node, node i beginning at starts[i].
    """
    columns, weights = _draw_directions(points, starts, sizes, rng)
    tries, k, nodes = columns.shape
    n = points.shape[1]
    value = np.zeros((tries, n), dtype=np.float32)
    for part in range(k):
        cells = np.repeat(columns[:, part] * n, sizes, axis=1) + np.arange(n)
        value += points.ravel().take(cells) * np.repeat(weights[:, part], sizes, axis=1)
    cut, cuts = _random_cuts(value, starts, rng)
    gain = np.where(cuts, _gain(value, cut, starts, sizes), -1.0)
    best, node = gain.argmax(axis=0), np.arange(nodes)
    chosen = np.where(gain[best, node] < 0, np.inf, cut[best, node]).astype(np.float32)
    side = value[np.repeat(best, sizes), np.arange(n)] > np.repeat(chosen, sizes)
    return _Cuts(columns[best, :, node].T, weights[best, :, node].T, chosen), side


def _grow_forest(scaled: Floats, rng: np.random.Generator) -> _Forest:
    """All trees at once, level by level, on (m, d) scaled rows."""
    rows, width = scaled.shape
    trees, each = _tree_count(rows), min(TREE_ROWS, rows)
    depth = int(np.ceil(np.log2(each))) if each > 1 and width > 0 else 0
    nodes = 1 << depth
    columns = np.zeros((COLUMNS_PER_CUT, trees, nodes), dtype=np.int16)
    weights = np.zeros((COLUMNS_PER_CUT, trees, nodes), dtype=np.int8)
    cut = np.full((trees, nodes), np.inf, dtype=np.float32)
    points = _coarse(scaled)[_tree_rows(rows, trees, each, rng)].T
    node = np.repeat(np.arange(trees), each)
    splits = np.zeros((trees, 1))
    for level in range(depth):
        order = np.argsort(node, kind="stable")
        points, node = points[:, order], node[order]
        starts = np.flatnonzero(np.r_[True, node[1:] != node[:-1]])
        best, side = _best_cuts(points, starts, np.diff(np.r_[starts, len(node)]), rng)
        tree, place = node[starts] >> level, node[starts] & ((1 << level) - 1) | (1 << level)
        columns[:, tree, place], weights[:, tree, place] = best.columns, best.weights
        cut[tree, place] = best.cut
        node = 2 * node + side
        splits = np.repeat(splits + np.isfinite(cut[:, 1 << level : 2 << level]), 2, axis=1)
    leaves = np.bincount(node, minlength=trees * nodes).reshape(trees, nodes)
    path = (splits + _expected_path(leaves)).astype(np.float32)
    return _Forest(columns, weights, cut, path, np.maximum(_expected_path([each]), 1.0))


@dataclass(frozen=True)
class _Neighbours:
    """Small random samples, points (s, d, SAMPLES): one column per sample."""

    points: Floats

    def score(self, scaled: Floats) -> Floats:
        """Mean over the samples of the Euclidean distance to the nearest point of the sample."""
        total = np.zeros(len(scaled))
        if scaled.shape[1] == 0:
            return total
        squares = np.square(self.points).sum(axis=1)
        for first in range(0, len(scaled), DISTANCE_BLOCK):
            block = scaled[first : first + DISTANCE_BLOCK]
            nearest = np.full((len(block), self.points.shape[2]), np.inf)
            for point, square in zip(self.points, squares, strict=True):
                np.minimum(nearest, square - 2.0 * products(block, point[None])[0], out=nearest)
            nearest += np.square(block).sum(axis=1)[:, None]
            total[first : first + len(block)] = np.sqrt(np.maximum(nearest, 0.0)).mean(axis=1)
        return total


def _fit_neighbours(scaled: Floats, rng: np.random.Generator) -> _Neighbours:
    """Draw the samples so that every row is used about equally often."""
    size = max(min(SAMPLE_ROWS, len(scaled) // 2), 1)
    rows = _tree_rows(len(scaled), SAMPLES, size, rng).reshape(SAMPLES, size)
    return _Neighbours(np.ascontiguousarray(scaled[rows].transpose(1, 2, 0)))


@dataclass(frozen=True)
class _Tail:
    """Surprise (minus log of the upper tail share) of a score, linear past the third quartile.

    The slope comes from the half to the third quartile, so that a share of anomalies among the
    fitted rows does not make anomalies look usual.
    """

    values: Floats
    surprise: Floats
    bend: Floats

    def __call__(self, scores: Floats) -> Floats:
        """Surprise (n,), strictly growing past the bend and never falling below it."""
        start, height, slope = self.bend
        body = np.interp(scores, self.values, self.surprise)
        return np.where(scores > start, height + (scores - start) * slope, body)


def _fit_tail(scores: Floats) -> _Tail:
    """Empirical up to the upper TAIL_SHARE, exponential past it."""
    ordered = np.sort(scores)
    values, first = np.unique(ordered, return_index=True)
    surprise = -np.log1p(-first / len(ordered))
    half, start = np.quantile(ordered, [0.5, 1 - TAIL_SHARE])
    least = max(1e-3 * float(ordered[-1] - ordered[0]), 1e-6 * abs(float(ordered[-1])), 1e-12)
    scale = max(float(start - half) / np.log(0.5 / TAIL_SHARE), least)
    height = float(np.interp(start, values, surprise))
    return _Tail(values, surprise, np.array([start, height, 1.0 / scale]))


class OutlierScorer:
    """Strangeness of the rows of a numeric table, higher = stranger.

    A forest of guided oblique isolation trees (Liu et al. 2010; Hariri et al. 2019) and the mean
    nearest distance to small random samples (Sugiyama and Borgwardt 2013), each turned into the
    rarity of its value among the fitted rows and added. Missing cells count as usual ones.
    Scores compare rows of one fit; they have no unit (see `calibration` for probabilities).
    """

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state
        self._columns: _Columns | None = None
        self._forest: _Forest
        self._neighbours: _Neighbours
        self._tails: tuple[_Tail, _Tail]

    def fit(self, X: npt.ArrayLike) -> Self:
        """Learn what is usual from X (n, d); NaN, infinite and constant columns are welcome.

        The order of the rows does not matter. Raises TooFewRecords when X has no row.
        """
        matrix = _as_matrix(X)
        if len(matrix) == 0:
            raise TooFewRecords(
                "Não há nenhum registro para comparar.", hint="Envie ao menos um registro."
            )
        rng = np.random.default_rng(self.random_state)
        columns = _fit_columns(matrix)
        scaled = columns.scaled(matrix[hash_order(matrix)[:FIT_ROWS]])
        self._forest = _grow_forest(scaled, rng)
        self._neighbours = _fit_neighbours(scaled, rng)
        reference = scaled[:REFERENCE_ROWS]
        self._tails = (
            _fit_tail(self._forest.score(reference)),
            _fit_tail(self._neighbours.score(reference)),
        )
        self._columns = columns
        return self

    def score(self, X: npt.ArrayLike) -> Floats:
        """Score (n,) of each row of X (n, d), the same wherever the row stands.

        Raises NotFitted before `fit`, ValueError when d is not that of the fit.
        """
        matrix = self._checked(X)
        if len(matrix) < THREADED_ABOVE:
            return self._score_block(matrix)
        with ThreadPoolExecutor(THREADS) as pool:
            parts = pool.map(self._score_block, np.array_split(matrix, THREADS))
            return np.concatenate(list(parts))

    def tail_share(self, X: npt.ArrayLike) -> Floats:
        """Share (n, d) of the fitted values at least as extreme on the nearer side; NaN unknown.

        The one-dimensional view of ECOD (Li et al. 2022): 0.5 is the middle, 1/n an extreme.
        Exact up to 2,000 fitted rows and in the 500 values at either end; between them up to the
        next of 1,000 values kept.
        """
        return self._column_statistics().tail_share(self._checked(X))

    def explain(self, X: npt.ArrayLike, rows: Sequence[int]) -> list[list[float | None]]:
        """For each of `rows` of X (n, d), the tail share of every column, None when unknown."""
        shares = self.tail_share(_as_matrix(X)[list(rows)])
        return [[None if np.isnan(cell) else float(cell) for cell in row] for row in shares]

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Everything fitted as plain numeric arrays, fit for an npz without pickle."""
        parts: dict[str, Any] = {
            "columns": self._column_statistics(),
            "forest": self._forest,
            "neighbours": self._neighbours,
            "tail_forest": self._tails[0],
            "tail_distance": self._tails[1],
        }
        arrays: dict[str, npt.NDArray[Any]] = {"random_state": np.array([self.random_state])}
        for name, part in parts.items():
            for field in fields(part):
                arrays[f"{name}.{field.name}"] = getattr(part, field.name)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """The scorer that `to_arrays` described; KeyError when an array is missing."""

        def part(kind: type[Any], name: str) -> Any:
            return kind(**{f.name: np.asarray(arrays[f"{name}.{f.name}"]) for f in fields(kind)})

        scorer = cls(random_state=int(arrays["random_state"][0]))
        scorer._columns = part(_Columns, "columns")
        scorer._forest = part(_Forest, "forest")
        scorer._neighbours = part(_Neighbours, "neighbours")
        scorer._tails = (part(_Tail, "tail_forest"), part(_Tail, "tail_distance"))
        return scorer

    def _score_block(self, matrix: Floats) -> Floats:
        scaled = self._column_statistics().scaled(matrix)
        forest, distance = self._tails
        return FOREST_WEIGHT * forest(self._forest.score(scaled)) + distance(
            self._neighbours.score(scaled)
        )

    def _column_statistics(self) -> _Columns:
        if self._columns is None:
            raise NotFitted(
                "O modelo ainda não foi ajustado.", hint="Chame fit com os registros antes."
            )
        return self._columns

    def _checked(self, X: npt.ArrayLike) -> Floats:
        """X as a matrix with the columns of the fit."""
        expected = len(self._column_statistics().center)
        matrix = _as_matrix(X)
        if matrix.shape[1] != expected:
            raise ValueError(f"expected {expected} columns as in fit, got {matrix.shape[1]}")
        return matrix
