"""The world of one past subject: its virtual clock, what it comes to and when, and what the engine reads there instead of a database."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderway.decisions.published import Decider
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.sql import Statement
from orderway.people.rules import Calendar

from ..compile import SIGNAL
from ..graph import Graph
from ..tokens import Instance, Stock, Token
from .past import Item, Past, Place, Ride

MOST_HAPPENINGS = 2_000
BEYOND = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Terms:
    """What all subjects of one trial go by. `draft` takes the place of the map under its key, `tables` of the decisions under theirs;
    without both everything goes by the versions it really went by. `usual` is how long people took at a place, or (by role) anywhere;
    `latest` and `deciders` are the published maps (key -> digest, graph) and table versions (by digest, and by key the latest)."""

    company: int
    until: datetime
    zone: ZoneInfo
    calendars: Mapping[str, Calendar]
    draft: Graph | None = None
    tables: Mapping[str, Decider] = field(default_factory=dict)
    latest: Mapping[str, tuple[str, Graph]] = field(default_factory=dict)
    deciders: Mapping[str, Decider] = field(default_factory=dict)
    usual: Mapping[Place | str, timedelta] = field(default_factory=dict)


class Walked(NamedTuple):
    """How a subject goes: its runs, its work items, what had to be assumed (code, place), and where it cannot go on (code, place)."""

    rides: Sequence[Ride]
    items: Sequence[Item]
    assumed: Sequence[tuple[str, Place]] = ()
    stuck: Sequence[tuple[str, Place]] = ()


class Arrived(NamedTuple):
    """A row of `arrivals` in sql/tokens.sql."""

    id: int
    subject_id: int
    name: str
    token_id: int | None


class Due(NamedTuple):
    """A row of `due_timers` in sql/tokens.sql."""

    token_id: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Then(Context):
    """What the engine holds in its hands at a virtual moment: it reads arrivals and timers of a world, and can write nothing."""

    world: "World | None" = None

    def fetch(self, statement: Statement, _: str = "", /, **parameters: Any) -> list[Any]:
        """The rows of a statement, from the world. Raises KeyError for one that a world does not know."""
        assert self.world is not None  # noqa: S101 - only worlds make it
        reads: Mapping[str, Callable[..., list[Any]]] = {
            "arrivals": self.world.arrivals, "due_timers": self.world.due_timers,
            "beginning": lambda **_: [], "elsewhere": lambda **_: [], "listening": lambda **_: [],  # a subject goes alone
        }  # fmt: skip
        return reads[statement.name](**parameters)


@dataclass(slots=True, eq=False)
class Waiting:
    """A work item that stands open in a world, with its token."""

    item: Item
    token: Token


class World:
    """One subject on its way by a virtual clock; one use. What happens next stands in `agenda` by moment."""

    def __init__(self, past: Past, terms: Terms) -> None:
        self.past, self.terms = past, terms
        self.at = past.root.started_at
        self.stock = Stock()
        self.agenda: list[tuple[datetime, int, int, Callable[[Any], None]]] = []
        self.items: list[Waiting] = []
        self.fresh: list[tuple[Waiting, Callable[[], None]]] = []
        self.turns: Counter[Place] = Counter()
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self.assumed: list[tuple[str, Place]] = []
        self.stuck: dict[int, tuple[str, Place]] = {}
        self.runs: dict[int, tuple[Instance, datetime, list[tuple[str, datetime]]]] = {}
        self.ends: dict[int, tuple[str, datetime]] = {}
        self.timers: dict[int, datetime] = {}
        self.messages: dict[int, Arrived] = {}
        self._ids = 0

    # --- what the engine reads

    def context(self) -> Then:
        """What the engine holds in its hands now."""
        return Then(system_actor(self.terms.company), self.at, within_command=True, world=self)

    def arrivals(self, subject_type: str, subjects: Sequence[int]) -> list[Arrived]:
        """What has arrived and was not taken yet."""
        return list(self.messages.values()) if self.past.subject in subjects and subject_type else []

    def due_timers(self, tokens: Sequence[int]) -> list[Due]:
        """Which of these tokens are due, the earliest first."""
        due = [Due(id, self.timers[id]) for id in tokens if id in self.timers and self.timers[id] <= self.at]
        return sorted(due, key=lambda one: (one.due_at, one.token_id))

    # --- what happens

    def new_id(self) -> int:
        """An id nobody had before in this world."""
        self._ids += 1
        return self._ids

    def later(self, moment: datetime, happens: Callable[[Any], None], order: int = 1) -> None:
        """Let something happen at a moment; of one moment the lower `order` first."""
        heappush(self.agenda, (max(moment, self.at), order, self.new_id(), happens))

    def next(self) -> Callable[[Any], None] | None:
        """Turn the clock to what happens next; None when nothing does any more, or the subject was taken off its maps by then."""
        root = self.past.root
        if 1 in self.ends:
            return None
        if root.state == "stopped" and root.ended_at and (not self.agenda or self.agenda[0][0] > root.ended_at):
            self._stop(root.ended_at)
            return None
        if not self.agenda:
            return None
        self.at, _, _, happens = heappop(self.agenda)
        return happens

    def _stop(self, at: datetime) -> None:
        self.ends[1] = ("stopped", at)
        for one in self.items:
            if one.item.state == "open":
                one.item = replace(one.item, state="withdrawn", done_at=at)

    def ring(self, id: int) -> Callable[[Any], None] | None:
        """What a timer does when it rings; None beyond what can be known of this subject."""
        far = timedelta() if self.past.root.state == "running" else BEYOND
        return None if self.timers[id] > self.terms.until + far else lambda move: move.wake()

    def hear(self, name: str) -> None:
        """A message or a signal has come."""
        if not name.startswith(SIGNAL):
            id = self.new_id()
            self.messages[id] = Arrived(id, self.past.subject, name, None)
            return
        for token in self.stock.tokens.values():
            if token.signal and SIGNAL + token.signal == name:
                id = self.new_id()
                self.messages[id] = Arrived(id, self.past.subject, name, token.id)

    def assume(self, code: str, place: Place) -> None:
        """Write down that something had to be assumed."""
        self.assumed.append((code, place))

    # --- after each move

    def settle(self, stock: Stock) -> bool:
        """Keep what a move came to; True when its maps told something that another move must hear."""
        for instance in stock.instances.values():
            self._keep(instance)
        self._time(stock)
        for opened, begin in self.fresh:
            if not opened.token.gone:
                self.items.append(opened)
                begin()
        self.fresh = []
        for one in self.items:
            if one.token.gone and one.item.state == "open":
                one.item = replace(one.item, state="withdrawn", done_at=self.at)
        for id, state in stock.seen.items():
            if state == "taken":
                self.messages.pop(id, None)
        for token, _, code, _ in stock.stuck:
            self.stuck[token.id] = (code, (token.instance.graph.key, token.node))
        running = {id: instance for id, instance in stock.instances.items() if not instance.ended}
        tokens = {token.id: token for instance in running.values() for token in instance.tokens}
        self.stock = Stock(instances=running, tokens=tokens)
        for _, name in stock.told:
            self.hear(name)
        return bool(stock.told)

    def _keep(self, instance: Instance) -> None:
        if instance.id not in self.runs:
            self.runs[instance.id] = (instance, self.at, [])
        self.runs[instance.id][2].extend((flow, self.at) for flow in instance.path)
        instance.path.clear()
        standing = []
        for token in instance.tokens:
            if not token.gone:
                token.id = token.id or self.new_id()
                token.stored, token.changed = True, False
                standing.append(token)
        instance.tokens = standing
        if instance.ended and instance.id not in self.ends:
            self.ends[instance.id] = (instance.ended, self.at)

    def _time(self, stock: Stock) -> None:
        for id in stock.rung:
            self.timers.pop(id, None)
        for token, due in stock.paused:
            if not token.gone:
                self.timers[token.id] = due
                if (happens := self.ring(token.id)) is not None:
                    self.later(due, happens, 2)

    def walked(self) -> Walked:
        """The whole way, when nothing happens any more."""
        rides = []
        for id, (instance, started, path) in self.runs.items():
            state, ended = self.ends.get(id) or self.ends.get(1) or ("running", None)
            rides.append(Ride(instance.digest, instance.graph, path, state, started, ended))
        standing = {token.id for token in self.stock.tokens.values() if token.state == "stuck"}
        stuck = [place for id, place in self.stuck.items() if id in standing]
        return Walked(rides, [one.item for one in self.items], self.assumed, stuck)
