"""Where a subject would go another way than it really went, and what that comes to for all of them. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from ..graph import Call, Decide, Hear, Node, Pause, Script, Step, Throw, Undo, Wait
from .past import Item, Past, Place, Ride, sources
from .world import Walked

SEEN = (Step, Script, Decide, Call, Wait, Hear, Pause, Throw, Undo)
"""What is worth telling beside work: gateways and merges are not."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One step on a way: when it was come to, who had to decide until when, and what came out. `state` is that of an Item."""

    at: datetime
    place: Place
    role: str = ""
    due_at: datetime | None = None
    done_at: datetime | None = None
    state: str = ""
    outcome: str = ""

    def late(self, now: datetime) -> bool:
        """Whether it was done after it was due, or is over by now."""
        return self.due_at is not None and self.state in ("open", "done") and (self.done_at or now) > self.due_at


@dataclass(frozen=True, slots=True)
class Went:
    """One subject: the steps that a trial adds to its real way and those that it leaves out, steps that go to another role, how many
    are late on either way and how long it took (None: not ended). `why` says why its real way cannot be replayed, and `where`."""

    root: int
    subject: int
    title: str
    extra: Sequence[Place] = ()
    missing: Sequence[Place] = ()
    handed: Sequence[Place] = ()
    approvals: int = 0
    late_before: int = 0
    late_after: int = 0
    took_before: timedelta | None = None
    took_after: timedelta | None = None
    ends: str = ""
    why: str = ""
    where: Place | None = None
    assumed: Sequence[tuple[str, Place]] = ()

    @property
    def differs(self) -> bool:
        """Whether it would go another way."""
        return bool(not self.why and (self.extra or self.missing or self.handed or self.ends))


def stops(rides: Iterable[Ride], items: Iterable[Item]) -> list[Stop]:
    """The steps of a way in the order they were come to."""
    found = []
    for ride in rides:
        leads = sources(ride.graph)
        for flow, at in ride.path:
            if flow not in leads:
                continue
            node = ride.graph.nodes[leads[flow][1].target]
            if isinstance(node.does, SEEN) or _ends(node):
                found.append(Stop(at, (ride.graph.key, node.id)))
    found += [
        Stop(one.opened_at, one.place, one.role, one.due_at, one.done_at, one.state, one.outcome) for one in items
    ]
    return sorted(found, key=lambda stop: stop.at)


def _ends(node: Node) -> bool:
    return not node.ways and not node.host


def compare(root: int, past: Past, unchanged: Walked, tried: Walked, now: datetime) -> Went:
    """How the way by a draft differs from the real one. `unchanged` is the real versions replayed: where that does not give the real way
    back, nothing can be said about the draft, and the first place that differs is told."""
    head = Went(root, past.subject, past.title)
    if replayed := differs_first(past, unchanged):
        code, where = replayed
        return Went(root, past.subject, past.title, why=code, where=where)
    before, after = stops(past.rides, past.items), stops(tried.rides, tried.items)
    was, would = _visits(before), _visits(after)
    extra, missing = _in_order(would - was, after), _in_order(was - would, before)
    real, virtual = past.root, tried.rides[0]
    return Went(
        root, head.subject, head.title, extra, missing,
        handed=[] if extra or missing else _handed(before, after),
        approvals=sum(one.state in ("open", "done") for one in after) - sum(one.state in ("open", "done") for one in before),
        late_before=sum(one.late(now) for one in before),
        late_after=sum(one.late(now) for one in after),
        took_before=real.ended_at - real.started_at if real.ended_at else None,
        took_after=virtual.ended_at - virtual.started_at if virtual.ended_at else None,
        ends="" if real.state == virtual.state else virtual.state,
        assumed=tried.assumed,
    )  # fmt: skip


def _visits(way: Sequence[Stop]) -> Counter[Place]:
    return Counter(one.place for one in way if one.state != "kept")


def _in_order(places: Counter[Place], way: Sequence[Stop]) -> list[Place]:
    """Places as often as counted, in the order of a way."""
    left, found = Counter(places), []
    for stop in way:
        if left[stop.place] > 0:
            left[stop.place] -= 1
            found.append(stop.place)
    return found


def _handed(before: Sequence[Stop], after: Sequence[Stop]) -> list[Place]:
    was = Counter((one.place, one.role) for one in before if one.role)
    would = Counter((one.place, one.role) for one in after if one.role and one.state != "kept")
    return [place for place, _ in (would - was).elements()]


def differs_first(past: Past, unchanged: Walked) -> tuple[str, Place | None] | None:
    """Where the replay of the real versions leaves the real way first (code, place); None when it goes it flow by flow."""
    for ride in past.rides:
        if any(flow not in sources(ride.graph) for flow, _ in ride.path):
            return ("moved-over", None)
    real = Counter((ride.graph.key, flow) for ride in past.rides for flow, _ in ride.path)
    again = Counter((ride.graph.key, flow) for ride in unchanged.rides for flow, _ in ride.path)
    if real != again:
        return ("other-way", _first(past.rides, again - real, unchanged.rides, real - again))
    done = Counter((one.place, one.state, one.outcome) for one in past.items if one.state != "kept")
    told = Counter((one.place, one.state, one.outcome) for one in unchanged.items if one.state != "kept")
    if done != told:
        return ("other-decision", next(iter((done - told) + (told - done)))[0])
    if past.root.state != unchanged.rides[0].state:
        return ("other-end", None)
    return None


def _first(
    real: Sequence[Ride],
    only_again: Counter[tuple[str, str]],
    again: Sequence[Ride],
    only_real: Counter[tuple[str, str]],
) -> Place | None:
    """The node that was left the other way first."""
    told = []
    for rides, odd in ((real, only_real), (again, only_again)):
        for ride in rides:
            leads = sources(ride.graph)
            told += [
                (at, (ride.graph.key, leads[flow][0].id)) for flow, at in ride.path if odd[ride.graph.key, flow] > 0
            ]
    return min(told)[1] if told else None


@dataclass(frozen=True, slots=True)
class Sum:
    """What a trial comes to: subjects tried, those that go another way and those whose real way cannot be replayed; work items more and
    fewer, late steps and the middle of the times on either way (of those that ended on both)."""

    subjects: int
    differing: int
    unreplayed: int
    more_work: int
    less_work: int
    late_before: int
    late_after: int
    took_before: timedelta | None
    took_after: timedelta | None


def total(rows: Sequence[Went]) -> Sum:
    """The sums of a trial."""
    told = [row for row in rows if not row.why]
    both = [
        (row.took_before, row.took_after) for row in told if row.took_before is not None and row.took_after is not None
    ]
    return Sum(
        subjects=len(rows),
        differing=sum(row.differs for row in told),
        unreplayed=len(rows) - len(told),
        more_work=sum(max(row.approvals, 0) for row in told),
        less_work=sum(max(-row.approvals, 0) for row in told),
        late_before=sum(row.late_before for row in told),
        late_after=sum(row.late_after for row in told),
        took_before=_middle([before for before, _ in both]),
        took_after=_middle([after for _, after in both]),
    )


def _middle(many: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=round(median(one.total_seconds() for one in many))) if many else None


def at_places(rows: Sequence[Went]) -> Mapping[Place, tuple[int, int]]:
    """How many more and how many fewer come to each place."""
    more: Counter[Place] = Counter(place for row in rows for place in row.extra)
    fewer: Counter[Place] = Counter(place for row in rows for place in row.missing)
    return {place: (more[place], fewer[place]) for place in [*more, *(fewer - more)]}
