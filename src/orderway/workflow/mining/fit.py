"""Whether what was seen fits a map: the cheapest way to make a case and a way through the map the same, and what that leaves over.

Alignments as in van der Aalst, Adriansyah, van Dongen, "Replaying history on process models for conformance checking", 2012: a step
seen that the map does not allow there costs 1, a step that the map asks for and nobody saw costs 1. Fitness of a case is 1 less its
cost over the cost of the worst case (everything seen is wrong, and the shortest way through the map is missing whole).
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .logs import Log
from .net import Net, State, plain

MOST_STATES = 60_000
"""States that are looked at for one way; a case that needs more is not judged."""
MOST_ALL = 2_000_000
"""States that are looked at for a whole log."""
KINDS = ("unknown", "missing", "order", "repeated", "elsewhere")


class Deviation(NamedTuple):
    """A step that does not fit: `kind` is unknown (the map has no such step), missing, order (it came at another place than the map
    asks for), repeated (once more than the map allows), or elsewhere (on a way that was not the case's). `at` is its place among the
    steps seen, from 1; 0 where nobody saw it."""

    kind: str
    step: str
    at: int


@dataclass(frozen=True, slots=True)
class Fit:
    """How a way fits: its fitness from 0 to 1, and what deviates. `judged` is False where that was too much to find out."""

    fitness: float
    deviations: tuple[Deviation, ...]
    judged: bool = True


class CaseFit(NamedTuple):
    """A case with how it fits."""

    case: str
    fit: Fit


@dataclass(frozen=True, slots=True)
class LogFit:
    """How a log fits a map. `fitness` is the mean of the judged cases, `fitting` how many fit wholly, `deviations` how many cases
    show each (kind, step)."""

    cases: tuple[CaseFit, ...]
    fitness: float
    fitting: int
    judged: int
    deviations: Mapping[tuple[str, str], int] = field(default_factory=dict)


def fit_log(net: Net, log: Log) -> LogFit:
    """How every case of a log fits; cases with the same steps are looked at once."""
    ways = [tuple(seen.activity for seen in case.seen) for case in log.cases]
    fits = fit_ways(net, ways)
    return summed([CaseFit(case.name, fits[way]) for case, way in zip(log.cases, ways, strict=True)])


def summed(cases: Sequence[CaseFit]) -> LogFit:
    """Cases with their sums."""
    judged = [case.fit for case in cases if case.fit.judged]
    found: Counter[tuple[str, str]] = Counter()
    for fit in judged:
        found.update({(one.kind, one.step) for one in fit.deviations})
    mean = sum(fit.fitness for fit in judged) / len(judged) if judged else 0.0
    return LogFit(tuple(cases), mean, sum(not fit.deviations for fit in judged), len(judged), dict(found.most_common()))


def fit_ways(net: Net, ways: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], Fit]:
    """How each of several ways (names as a log says them) fits a map."""
    shortest = _aligned(net, (), MOST_STATES)
    least = len(shortest.moves) if shortest.moves is not None else 0
    left = MOST_ALL
    fits: dict[tuple[str, ...], Fit] = {}
    for way in ways:
        if way in fits:
            continue
        keys = tuple(net.words.get(plain(name), "") for name in way)
        found = _aligned(net, keys, min(MOST_STATES, left))
        left -= found.looked
        if found.moves is None:
            fits[way] = Fit(0.0, (), judged=False)
            continue
        cost = sum(kind != "both" for kind, _key, _at in found.moves)
        worst = len(way) + least
        fits[way] = Fit(1 - cost / worst if worst else 1.0, _told(net, way, found.moves))
    return fits


Step = tuple[str, str, int]


class _Found(NamedTuple):
    """An alignment as (both, log or map; key; place), and how many states were looked at; None where they were too many."""

    moves: list[Step] | None
    looked: int


def _aligned(net: Net, keys: Sequence[str], most: int) -> _Found:
    """The cheapest alignment: breadth first, what costs nothing before what costs one."""
    begin = (net.start, 0)
    costs: dict[tuple[State, int], int] = {begin: 0}
    came: dict[tuple[State, int], tuple[tuple[State, int], Step | None]] = {}
    queue = deque([(begin, 0)])
    done: set[tuple[State, int]] = set()
    while queue and len(done) < most:
        here, cost = queue.popleft()
        if here in done:
            continue
        done.add(here)
        state, at = here
        if at == len(keys) and net.ended(state):
            return _Found(_walked(came, here), len(done))
        for there, step, price in _next(net, state, at, keys):
            if cost + price < costs.get(there, 1 << 30):
                costs[there] = cost + price
                came[there] = (here, step)
                (queue.append if price else queue.appendleft)((there, cost + price))
    return _Found(None, len(done))


def _next(net: Net, state: State, at: int, keys: Sequence[str]) -> Iterable[tuple[tuple[State, int], Step | None, int]]:
    for key, after in net.after(state):
        if not key:
            yield (after, at), None, 0
        else:
            if at < len(keys) and keys[at] == key:
                yield (after, at + 1), ("both", key, at + 1), 0
            yield (after, at), ("map", key, 0), 1
    if at < len(keys):
        yield (state, at + 1), ("log", keys[at], at + 1), 1


def _walked(
    came: Mapping[tuple[State, int], tuple[tuple[State, int], Step | None]], end: tuple[State, int]
) -> list[Step]:
    steps = []
    here = end
    while here in came:
        here, step = came[here]
        if step:
            steps.append(step)
    return steps[::-1]


def _told(net: Net, way: Sequence[str], moves: Sequence[Step]) -> tuple[Deviation, ...]:
    """The deviations of an alignment by name: a step that is over at one place and missing at another came in the wrong order."""
    missing = Counter(key for kind, key, _ in moves if kind == "map")
    fitting = {key for kind, key, _ in moves if kind == "both"}
    told = []
    for kind, key, at in moves:
        if kind != "log":
            continue
        name = net.names.get(key, way[at - 1])
        if not key:
            told.append(Deviation("unknown", way[at - 1], at))
        elif missing[key]:
            missing[key] -= 1
            told.append(Deviation("order", name, at))
        else:
            told.append(Deviation("repeated" if key in fitting else "elsewhere", name, at))
    told += [Deviation("missing", net.names.get(key, key), 0) for key, count in missing.items() for _ in range(count)]
    return tuple(told)
