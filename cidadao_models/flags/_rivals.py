"""Bidders that meet: pairs, how often chance would bring them together, and groups of them.

Finds who meets whom. Meeting often is no agreement, and what is agreed it cannot see.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse, special
from scipy.sparse.csgraph import connected_components

from cidadao_models.flags._discoveries import adjusted

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

FALSE_DISCOVERIES = 0.05
"""Expected share of chance pairs among those linked (Benjamini and Hochberg 1995)."""

MIN_TENDERS = 3
"""Fewest tenders of a bidder, and of a pair together, that can be told from chance."""

MIN_RATIO = 3.0
"""Least ratio of meetings to those expected by chance worth showing."""

MIN_OVERLAP = 0.3
"""Least share of the tenders of the rarer bidder in which the other one bids as well."""

MIN_GROUP = 3
"""Fewest bidders of a group: two that meet often are ordinary competitors."""

LARGEST_GROUP = 12
"""A larger group is parted into its communities: a whole sector is no ring."""

MAX_BIDDERS = 200
"""Tenders with more bidders (calls for accreditation) are set aside: everyone meets there."""


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs a < b of n nodes, how often they meet, how often chance would have it, and p."""

    a: Ints
    b: Ints
    count: Ints
    expected: Floats
    p_value: Floats


def co_participation(
    tender: Ints, bidder: Ints, *, least: int = 1, min_ratio: float = 0.0
) -> Links:
    """Pairs of bidders that meet in `least` tenders, with the chance of so many meetings.

    `tender`, `bidder`: codes of n distinct participations. Hypergeometric: of N tenders, those of
    one bidder drawn at random, how many are the other's. N counts tenders by their size, since
    large ones bring more pairs together by chance. Pairs that meet less than `min_ratio` times as
    often as chance would have it are not tested: their p is 1.
    """
    size = np.bincount(tender, minlength=1).astype(np.float64)
    each = np.bincount(bidder, minlength=1)
    effective = int(np.ceil(size.sum() ** 2 / max((size**2).sum(), 1.0)))
    effective = max(effective, int(each.max(initial=0)))
    a, b, count = meetings(tender, bidder, least=least)
    expected = each[a] * each[b] / max(effective, 1)
    tested = np.where(count >= min_ratio * expected, count, 0)
    p = chances(tested, effective, each[a], each[b], least=MIN_TENDERS)
    return Links(a, b, count, expected, p)


def meetings(tender: Ints, bidder: Ints, *, least: int = 1) -> tuple[Ints, Ints, Ints]:
    """Pairs a < b of bidders with the number of tenders of both, by distinct participations.

    Only bidders of `least` tenders, and pairs that meet as often, are counted.
    """
    often = np.bincount(bidder, minlength=1)[bidder] >= least
    order = np.flatnonzero(often)
    order = order[np.lexsort((bidder[order], tender[order]))]
    tender, bidder = tender[order], bidder[order]
    size = np.bincount(tender, minlength=1)
    start = np.cumsum(size) - size
    width = int(bidder.max(initial=0)) + 1
    whole = np.int32 if width**2 < 2**31 else np.int64  # half the bytes sort in half the time
    bidder = bidder.astype(whole)
    keys = [np.zeros(0, dtype=whole)]
    for n in np.unique(size[size > 1]):
        group = bidder[start[size == n][:, None] + np.arange(n)]
        first, second = _pairs(int(n))
        keys.append((group[:, first] * width + group[:, second]).ravel())
    key = np.sort(np.concatenate(keys))
    new = np.flatnonzero(np.diff(key, prepend=-1))
    count = np.diff(np.append(new, len(key)))
    kept = count >= least
    a, b = np.divmod(key[new[kept]].astype(np.int64), width)
    return a, b, count[kept]


@lru_cache(maxsize=MAX_BIDDERS)
def _pairs(n: int) -> tuple[Ints, Ints]:
    """First and second of each pair of n things."""
    first, second = np.triu_indices(n, k=1)
    return first.astype(np.int64), second.astype(np.int64)


def chances(count: Ints, n: int, of_a: Ints, of_b: Ints, *, least: int) -> Floats:
    """Hypergeometric chance of so many meetings; 1 for fewer than `least`, which are not shown."""
    p = np.ones(len(count))
    often = np.flatnonzero(count >= least)
    if len(often):
        p[often] = _upper_tail(count[often], n, of_a[often], of_b[often])
    return p


def _upper_tail(count: Ints, n: int, of_a: Ints, of_b: Ints) -> Floats:
    """P(X >= count) for X hypergeometric: the first term by logarithms, the others by ratios."""
    k, a, b = (part.astype(np.float64) for part in (count, of_a, of_b))
    log = special.gammaln
    first = log(a + 1) - log(k + 1) - log(a - k + 1) + log(n - a + 1) - log(b - k + 1)
    first += log(b + 1) + log(n - b + 1) - log(n - a - b + k + 1) - log(n + 1)
    term = np.exp(first)
    total = term.copy()
    for _ in range(int((np.minimum(a, b) - k).max())):
        term = term * np.maximum(a - k, 0) * np.maximum(b - k, 0) / ((k + 1) * (n - a - b + k + 1))
        total += term
        k = k + 1
        if (term <= 1e-17 * total).all():
            break
    return np.minimum(total, 1.0)


def significant(p: Floats, n_tests: int) -> Bools:
    """Which p-values hold at `FALSE_DISCOVERIES` among `n_tests` tests, the rest of them 1."""
    if not len(p):
        return np.zeros(0, dtype=bool)
    return np.asarray(adjusted(p, n_tests) <= FALSE_DISCOVERIES)


def far(links: Links, each: Ints) -> Bools:
    """Whether a pair meets often enough, in shares of their tenders and against chance.

    `each`: number of tenders of each bidder.
    """
    rarer = np.minimum(each[links.a], each[links.b])
    return np.asarray(
        (links.count >= MIN_TENDERS)
        & (links.count >= MIN_RATIO * links.expected)
        & (links.count >= MIN_OVERLAP * rarer)
    )


# -- within sectors ----------------------------------------------------------------------------

BEYOND_SECTOR = 1.5
"""Least ratio of meetings to those that the sectors of the tenders explain."""


def within_sectors(
    links: Links, chosen: Bools, tender: Ints, bidder: Ints, sector: Ints, n_tests: int
) -> tuple[Links, Bools]:
    """The links with what chance would give within each sector, and which hold even so.

    `sector`: code of each tender. In a sector of N tenders the meetings of two bidders are
    hypergeometric, given how many of them each bids for; those of all sectors add up, exactly
    (as in the test of Mantel and Haenszel 1959). A place with few firms of a trade explains that
    they meet; it does not explain that some of them only bid together.
    """
    size = np.bincount(tender, minlength=len(sector)).astype(np.float64)
    total = np.bincount(sector, weights=size)
    squares = np.bincount(sector, weights=size**2)
    effective = np.ceil(total**2 / np.maximum(squares, 1.0)).astype(np.int64)
    width = len(total)
    key, each = np.unique(bidder * width + sector[tender], return_counts=True)
    np.maximum.at(effective, key % width, each)
    of_bidder, start = np.unique(key // width, return_index=True)
    end = np.append(start[1:], len(key))
    at = np.searchsorted(of_bidder, np.stack([links.a, links.b]))
    expected, p = links.expected.copy(), np.ones(len(links.count))
    for k in np.flatnonzero(chosen).tolist():
        of_a, of_b = (slice(start[i], end[i]) for i in at[:, k])
        shared, first, second = np.intersect1d(
            key[of_a] % width, key[of_b] % width, assume_unique=True, return_indices=True
        )
        n, times_a, times_b = effective[shared], each[of_a][first], each[of_b][second]
        expected[k] = float((times_a * times_b / n).sum())
        if links.count[k] >= BEYOND_SECTOR * expected[k]:
            p[k] = _sum_tail(int(links.count[k]), n, times_a, times_b)
    held = chosen & significant(p, n_tests)
    return Links(links.a, links.b, links.count, expected, np.where(chosen, p, links.p_value)), held


def _sum_tail(count: int, n: Ints, of_a: Ints, of_b: Ints) -> float:
    """P(X >= count) of a sum of hypergeometric numbers."""
    law = np.ones(1)
    for whole, a, b in zip(n.tolist(), of_a.tolist(), of_b.tolist(), strict=True):
        law = np.convolve(law, _hypergeometric(whole, a, b))
    return float(min(1.0, law[count:].sum()))


def _hypergeometric(n: int, a: int, b: int) -> Floats:
    """P(X = 0), P(X = 1), … of the tenders of both, of n, when one is in a and the other in b."""
    k = np.arange(max(0, a + b - n), min(a, b) + 1)
    log = special.gammaln
    part = log(a + 1) - log(k + 1) - log(a - k + 1) + log(n - a + 1)
    part += log(b + 1) - log(b - k + 1) - log(n - a - b + k + 1) + log(n - b + 1) - log(n + 1)
    return np.concatenate([np.zeros(k[0]), np.exp(part)])


MANY_GROUPS, MANY_MEMBERS = 4, 0.1
"""Groups, and share of the active bidders in them, from which meeting often is how a file is
ordered (by trade and by region) and no group of it stands out."""


def are_sectors(found: list[Ints], active: int) -> bool:
    """Whether so many bidders are in groups that these are the sectors of the file."""
    return len(found) >= MANY_GROUPS and sum(map(len, found)) > MANY_MEMBERS * active


FEW = 64
"""Links up to which labels are spread by hand: a sparse graph costs more than they do."""


def _labels(first: Ints, second: Ints, n: int) -> Ints:
    """Component of each of n nodes."""
    if len(first) > FEW:
        graph = sparse.coo_array((np.ones(len(first)), (first, second)), shape=(n, n))
        return connected_components(graph, directed=False)[1].astype(np.int64)
    label = list(range(n))
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        old, new = label[a], label[b]
        if old != new:
            label = [new if one == old else one for one in label]
    return np.array(label, dtype=np.int64)


def components(a: Ints, b: Ints) -> list[Ints]:
    """Positions of the pairs of each connected component of the graph they make."""
    if not len(a):
        return []
    nodes, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    first, second = ends[: len(a)], ends[len(a) :]
    label = _labels(first, second, len(nodes))[first]
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


# -- groups ------------------------------------------------------------------------------------

MOST_EDGES = 6_000
"""Links in groups too large that are parted into communities; with more, the weakest go first."""

STRICTER = 1e-3
"""Factor by which the p-value asked of a link falls when the weakest go."""

LEAST_COHESION = 4.0
"""Standard deviations by which the meetings inside a community must exceed what the tenders of its
own sector would give by chance. In simulated sectors without a ring 2 % of the communities reach
it; of rings planted in them, 5 in 6 (sparse sectors) to none (sectors where all meet)."""


def groups(links: Links, chosen: Bools, tender: Ints, bidder: Ints) -> list[Ints]:
    """Nodes of each group of `MIN_GROUP` to `LARGEST_GROUP` bidders linked by the chosen pairs.

    Connected components; a larger one is a sector, and only those of its communities (Blondel et
    al. 2008) that meet far more than their own sector explains are groups.
    """
    small, large = _by_size(links, np.flatnonzero(chosen))
    while sum(map(len, large)) > MOST_EDGES:
        edges = np.concatenate(large)
        sure = edges[links.p_value[edges] <= links.p_value[edges].max() * STRICTER]
        if len(sure) == len(edges) or not len(sure):
            break
        more, large = _by_size(links, sure)
        small += more
    answer = [_nodes(links, part) for part in small]
    for part in large:
        answer += _communities(links, part, tender, bidder)
    return sorted(answer, key=lambda nodes: (-len(nodes), int(nodes[0])))


def by_group(found: list[Ints], *bidders: Ints) -> list[list[Ints]]:
    """For each array of bidders, the positions that belong to each of the disjoint groups."""
    most = max((int(one.max(initial=0)) for one in (*found, *bidders)), default=0)
    label = np.full(most + 2, len(found), dtype=np.int64)
    for number, nodes in enumerate(found):
        label[nodes] = number
    answer = []
    for bidder in bidders:
        mine = label[bidder]  # an unknown bidder (-1) takes the last place, which is no group's
        order = np.argsort(mine, kind="stable")
        bounds = np.searchsorted(mine[order], np.arange(len(found) + 1))
        answer.append([order[a:b] for a, b in pairwise(bounds.tolist())])
    return answer


def _nodes(links: Links, edges: Ints) -> Ints:
    return np.unique(np.concatenate([links.a[edges], links.b[edges]]))


def _by_size(links: Links, edges: Ints) -> tuple[list[Ints], list[Ints]]:
    """Edges of the components that may be groups, and of those too large for one."""
    parts = [edges[part] for part in components(links.a[edges], links.b[edges])]
    sizes = [len(_nodes(links, part)) for part in parts]
    pairs = list(zip(parts, sizes, strict=True))
    small = [part for part, size in pairs if MIN_GROUP <= size <= LARGEST_GROUP]
    return small, [part for part, size in pairs if size > LARGEST_GROUP]


def _communities(links: Links, edges: Ints, tender: Ints, bidder: Ints) -> list[Ints]:
    """Communities of one large component that its own tenders don't explain."""
    import networkx as nx

    names = _by_place(links, edges)
    rank = {int(node): place for place, node in enumerate(names)}
    weights = -np.log10(np.maximum(links.p_value[edges], 1e-300))
    ends = (
        (rank[int(a)], rank[int(b)]) for a, b in zip(links.a[edges], links.b[edges], strict=True)
    )
    found = sorted(
        (min(pair), max(pair), float(weight)) for pair, weight in zip(ends, weights, strict=True)
    )
    graph = nx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_weighted_edges_from(found)
    inside = np.isin(bidder, names)
    size = np.bincount(tender[inside])
    met = inside & (size[np.minimum(tender, len(size) - 1)] >= 2)
    parts = nx.community.louvain_communities(graph, seed=0)
    nodes = [np.sort(names[sorted(part)]) for part in parts]
    return [
        part
        for part in nodes
        if MIN_GROUP <= len(part) <= LARGEST_GROUP
        and _cohesion(part, tender[met], bidder[met]) >= LEAST_COHESION
    ]


def _by_place(links: Links, edges: Ints) -> Ints:
    """The nodes in an order that depends on their links only, whatever they are called.

    By the strength of their links, then by that of their neighbours' (Weisfeiler and Leman 1968),
    twice over.
    """
    nodes = _nodes(links, edges)
    at = np.searchsorted(nodes, np.concatenate([links.a[edges], links.b[edges]]))
    other = np.roll(at, len(edges))
    weight = -np.log10(np.maximum(np.tile(links.p_value[edges], 2), 1e-300))
    keys = [np.bincount(at, weights=weight)]
    for _ in range(2):
        keys.append(np.bincount(at, weights=weight * keys[-1][other]))
    return nodes[np.lexsort([np.round(key, 6) for key in reversed(keys)])]


def _cohesion(nodes: Ints, tender: Ints, bidder: Ints) -> float:
    """Excess of meetings among the nodes, in sds of the number expected in these tenders."""
    size = np.bincount(tender).astype(np.float64)
    effective = size.sum() ** 2 / (size**2).sum()
    mine = np.isin(bidder, nodes)
    each = np.bincount(np.searchsorted(nodes, bidder[mine]), minlength=len(nodes))
    together = np.bincount(tender[mine])
    met = float((together * (together - 1) / 2).sum())
    expected = float((each.sum() ** 2 - (each**2).sum()) / 2 / effective)
    return (met - expected) / max(expected, 1.0) ** 0.5
