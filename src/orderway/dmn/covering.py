"""What a decision table leaves open and what it says twice, found without asking it: gaps, rules that hit together, rules that never hit.

A column whose cells are constants, comparisons and ranges is cut at its limits into places (a limit, the stretch between two); the
rows that pass at each place are known, so the whole table is looked through place by place. Columns that ask the same expression are
one. Any other column is taken as passing everywhere when gaps are looked for, and as telling nothing apart unless its cells are
the same text: what is reported is certain. Null is left out: it is what a fact has that nobody filled in.

Source: OMG DMN 1.5, clause 8.2.10 (hit policies), 8.2.7 (completeness).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice, pairwise

from ..feel import FeelError, read_tests
from ..feel import tree as feel
from ..feel.values import Value
from . import model
from .columns import at_places, points

_MOST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """One stretch of values of a column: from a limit to the next, or exactly one (`low` is `high`); None is no limit."""

    low: Value
    high: Value


@dataclass(frozen=True, slots=True)
class Axis:
    """One expression that is asked: the numbers of its columns (from 0), its places and the rows (as bits) that pass at each."""

    columns: tuple[int, ...]
    places: Sequence[Place]
    rows: Sequence[int]


@dataclass(frozen=True, slots=True)
class Covering:
    """`together` are pairs of rules (from 1) of a unique table that hit for the same values, of an any table only with unlike
    answers; `never` are those that hit for no value, or stand behind rules that take all of theirs; `gaps` are examples of values
    without a rule: the place by column (from 0)."""

    together: Sequence[tuple[int, int]]
    never: Sequence[int]
    gaps: Sequence[Mapping[int, Place]]


def covering(of: model.DecisionTable, names: tuple[str, ...] = (), most: int = 5) -> Covering:
    """Look through a table; at most `most` pairs and gaps are told. A table with a cell that cannot be read tells nothing."""
    try:
        axes, opaque = _axes(of, names)
    except FeelError:
        return Covering((), (), ())
    every = (1 << len(of.rules)) - 1
    hidden = _hidden(axes, opaque, len(of.rules)) if of.policy == "F" else []
    empty = [n for n in range(len(of.rules)) if any(not any(rows >> n & 1 for rows in one.rows) for one in axes)]
    pairs = _together(axes, opaque, len(of.rules)) if of.policy in "UA" else iter(())
    unlike = (pair for pair in pairs if of.policy == "U" or _answers(of, pair[0]) != _answers(of, pair[1]))
    together = list(islice(unlike, most))
    gaps = [] if any(one.default.strip() for one in of.outputs) else _gaps(axes, every, most)
    return Covering(together, [n + 1 for n in sorted({*hidden, *empty})], gaps)


def _axes(of: model.DecisionTable, names: tuple[str, ...]) -> tuple[list[Axis], list[list[str]]]:
    """The axes of a table, and the texts of the columns that are no index."""
    found: list[Axis] = []
    opaque: list[list[str]] = []
    asked: dict[str, list[int]] = {}
    for at, one in enumerate(of.inputs):
        asked.setdefault(one.expression.strip(), []).append(at)
    for columns in asked.values():
        cells = [[tests_of(rule.inputs[at], names) for rule in of.rules] for at in columns]
        allowed = [[tests_of(of.inputs[at].values, names)] for at in columns]
        kind, bounds = points([cell for column in [*cells, *allowed] for cell in column])
        if kind is None:
            asks = any(cell.tests for column in cells for cell in column)
            opaque += [[rule.inputs[at].strip() or "-" for rule in of.rules] for at in columns] if asks else []
            continue
        passing = _all([at_places(column, bounds) for column in cells])
        inside = _all([at_places(column, bounds) for column in allowed])
        places = _places(bounds)
        kept = [
            n for n, one in enumerate(places) if inside[n] and (kind is not bool or one.low is one.high is not None)
        ]
        found.append(_axis(columns, kind, [(places[n], passing[n]) for n in kept]))
    return found, opaque


def _axis(columns: Sequence[int], kind: type, found: Sequence[tuple[Place, int]]) -> Axis:
    if kind is str:  # between two texts lie only other texts: one place for all of those that pass the same rows
        told = dict.fromkeys((one if one.low == one.high else Place(None, None), rows) for one, rows in found)
        found = list(told)
    return Axis(tuple(columns), [one for one, _ in found], [rows for _, rows in found])


@lru_cache(maxsize=10_000)
def tests_of(text: str, names: tuple[str, ...]) -> feel.Tests:
    """The tests of a cell as it is written; raises FeelError. Remembered: a page asks again after every stroke."""
    return read_tests(text.strip() or "-", names)


def _all(columns: Sequence[Sequence[int]]) -> list[int]:
    """The rows that pass in every column, place by place."""
    found = list(columns[0])
    for column in columns[1:]:
        found = [a & b for a, b in zip(found, column, strict=True)]
    return found


def _places(bounds: Sequence[Value]) -> list[Place]:
    ends = [None, *bounds, None]
    found = []
    for low, high in pairwise(ends):
        found += [Place(low, high)] + ([Place(high, high)] if high is not None else [])
    return found


def _answers(of: model.DecisionTable, rule: int) -> tuple[str, ...]:
    return tuple(text.strip() for text in of.rules[rule - 1].outputs)


def _together(axes: Sequence[Axis], opaque: Sequence[Sequence[str]], rows: int) -> Iterator[tuple[int, int]]:
    """Pairs of rules that hit together for some values."""
    meets = [[_union(one for one in axis.rows if one >> row & 1) for row in range(rows)] for axis in axes]
    for a, b in combinations(range(rows), 2):
        known = all(column[a] == column[b] or "-" in (column[a], column[b]) for column in opaque)
        if known and all(one[a] >> b & 1 for one in meets):
            yield a + 1, b + 1


def _union(masks: Iterable[int]) -> int:
    found = 0
    for one in masks:
        found |= one
    return found


def _hidden(axes: Sequence[Axis], opaque: Sequence[Sequence[str]], rows: int) -> list[int]:
    """The rules before which other rules take all of their values."""
    found = []
    for row in range(1, rows):
        before = (1 << row) - 1
        for column in opaque:
            same = [n for n in range(row) if column[n] in ("-", column[row])]
            before &= sum(1 << n for n in same)
        own = [sorted({one for one in axis.rows if one >> row & 1}) for axis in axes]
        if before and _Search(own).first(before) is False:
            found.append(row)
    return found


class _Search:
    """Looks for a choice of one place an axis at which none of some rows is left."""

    def __init__(self, axes: Sequence[Sequence[int]]) -> None:
        self.axes = axes
        self.known: dict[tuple[int, int], bool] = {}
        self.steps = 0

    def first(self, rows: int, at: int = 0) -> bool | None:
        """Whether there is such a choice; None when it takes too long to say."""
        if not rows:
            return True
        if at == len(self.axes):
            return False
        if (at, rows) in self.known:
            return self.known[at, rows]
        self.steps += 1
        if self.steps > _MOST_STEPS:
            return None
        unsure = False
        for one in self.axes[at]:
            found = self.first(rows & one, at + 1)
            if found:
                return True
            unsure = unsure or found is None
        if unsure:
            return None
        self.known[at, rows] = False
        return False


def _gaps(axes: Sequence[Axis], every: int, most: int) -> list[dict[int, Place]]:
    """Examples of places at which no rule is left."""
    found: list[dict[int, Place]] = []
    search = _Search([sorted(set(axis.rows)) for axis in axes])

    def look(rows: int, at: int, chosen: dict[int, Place]) -> None:
        if len(found) >= most:
            return
        if not rows:
            found.append(chosen)
            return
        if search.first(rows, at) is not True:
            return
        for place, one in zip(axes[at].places, axes[at].rows, strict=True):
            look(rows & one, at + 1, {**chosen, axes[at].columns[0]: place})

    look(every, 0, {})
    return found
