"""A drawing as the moves it allows: which places are marked, and what may happen then (BPMN 2.0.2, clause 13, without data).

Conditions are not asked: every way that a condition could open is open. Activities are seen in a log; events and sub-processes may be
seen and may pass unseen. What cannot be told from outside is allowed: how often rounds run, and when an event at a border comes.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from ..drawn import Element, Process

MOST_WAYS = 6
"""Ways out of a gateway of which any number may be taken at once: more make too many combinations."""
MOST_TOKENS = 3
"""Tokens at one place that are told apart."""
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
State = tuple[str, ...]


class CannotReplay(ValueError):
    """A drawing whose moves are too many to be tried."""


@dataclass(frozen=True, slots=True)
class Move:
    """Something that may happen: places it takes a token from and puts one to, those that must be empty, those it clears, and the key
    of the activity that is seen ("" nothing). `waits` are the places from where a token could still come to an inclusive join."""

    takes: tuple[str, ...]
    puts: tuple[str, ...]
    key: str = ""
    empty: frozenset[str] = frozenset()
    clears: frozenset[str] = frozenset()
    waits: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Net:
    """The moves of a map by a place they take from, the keys by the words that logs may use, and what each key is called."""

    moves: Mapping[str, tuple[Move, ...]]
    words: Mapping[str, str]
    names: Mapping[str, str]

    start: State = ("begin",)

    def after(self, state: State) -> Iterator[tuple[str, State]]:
        """What may happen in a state: the key of what is seen, and the state then."""
        marked = set(state)
        for place in marked:
            for move in self.moves.get(place, ()):
                if move.takes[0] != place or not marked.issuperset(move.takes) or move.empty & marked:
                    continue
                if move.waits & marked:
                    continue
                left = list(state)
                for taken in move.takes:
                    left.remove(taken)
                after = [*(one for one in left if one not in move.clears), *move.puts]
                if all(after.count(put) <= MOST_TOKENS for put in move.puts):
                    yield move.key, tuple(sorted(after))

    def ended(self, state: State) -> bool:
        """Whether nothing stands anywhere any more."""
        return all(place == "in:" or place.startswith("told:") for place in state)


def plain(text: str) -> str:
    """A name as names are compared: no case, one space between words."""
    return " ".join(text.split()).casefold()


def net_of(process: Process, seen: Collection[str] | None = None) -> Net:
    """The moves of a process; only the elements `seen` are looked for in logs (all activities, unless given). Raises CannotReplay."""
    return _Builder(process, seen).net()


class _Builder:
    """Puts the moves of a process together, an element at a time."""

    def __init__(self, process: Process, seen: Collection[str] | None) -> None:
        self.elements = {one.id: one for one in process.elements}
        self.seen = seen
        self.into: dict[str, list[str]] = defaultdict(list)
        self.out: dict[str, list[str]] = defaultdict(list)
        self.flows = {flow.id: flow for flow in process.flows}
        for flow in process.flows:
            self.into[flow.target].append(flow.id)
            self.out[flow.source].append(flow.id)
        self.borders: dict[str, list[Element]] = defaultdict(list)
        for one in process.elements:
            if one.attached_to and one.trigger.kind != "compensate":
                self.borders[one.attached_to].append(one)
        self.found: list[Move] = []

    def net(self) -> Net:
        """All moves, by the first place they take from."""
        for puts in self._starts(""):
            self.found.append(Move(("begin",), ("in:", *puts)))
        for element in self.elements.values():
            self._element(element)
        moves: dict[str, list[Move]] = defaultdict(list)
        for move in self.found:
            moves[move.takes[0]].append(move)
        words: dict[str, str] = {}
        for element in self.elements.values():
            for text in (element.label.text, *element.label.languages.values(), element.id):
                if self._may_be_seen(element) and text:
                    words.setdefault(plain(text), self.key(element))
        all_elements = reversed(self.elements.values())
        names = {
            self.key(one): one.label.text if self.seen is None and one.label.text else one.id for one in all_elements
        }
        return Net({place: tuple(some) for place, some in moves.items()}, words, names)

    def key(self, element: Element) -> str:
        """What the element is told from others by: its name, else its id."""
        return plain(element.label.text) if element.label.text and self.seen is None else element.id

    def _may_be_seen(self, element: Element) -> bool:
        named = element.kind.endswith(("Task", "task", "Event")) or element.kind in SCOPES | {"callActivity"}
        return named and (self.seen is None or element.id in self.seen)

    def _starts(self, scope: str) -> list[tuple[str, ...]]:
        """The places where a scope may begin: one of its start events, else everything that nothing leads to."""
        here = [one for one in self.elements.values() if one.parent == scope]
        starts = [one for one in here if one.kind == "startEvent"]
        if starts:
            return [(f"go:{one.id}",) for one in starts]
        alone = [one for one in here if self._begins_alone(one)]
        return [tuple(f"go:{one.id}" for one in alone)]

    def _begins_alone(self, one: Element) -> bool:
        return not self.into[one.id] and not one.attached_to and not one.by_event and not one.undoes

    def _places(self, scope: str) -> frozenset[str]:
        """Every place in a scope, at whatever depth."""
        places: set[str] = set()
        for one in self.elements.values():
            if one.parent == scope:
                places |= {f"go:{one.id}", f"in:{one.id}", f"told:{one.id}", *self.out[one.id]}
                if one.kind in SCOPES:
                    places |= self._places(one.id)
        return frozenset(places)

    def _told(self, host: Element) -> frozenset[str]:
        return frozenset(f"told:{one.id}" for one in self.borders[host.id])

    def _comes(self, element: Element) -> list[str]:
        """The places from which an element is come to."""
        return [*self.into[element.id], f"go:{element.id}"]

    def _leaves(self, element: Element) -> Iterable[tuple[str, ...]]:
        """The ways out that may be taken together."""
        ways = self.out[element.id]
        if element.kind in ("exclusiveGateway", "eventBasedGateway", "complexGateway"):
            return [(way,) for way in ways] or [()]
        free = [way for way in ways if self.flows[way].condition or way == element.default]
        if element.kind == "inclusiveGateway":
            free = ways
        if len(free) > MOST_WAYS:
            raise CannotReplay(
                f"{element.label.text or element.id}: more than {MOST_WAYS} ways that may be taken at once"
            )
        if not free or element.kind == "parallelGateway":
            return [tuple(ways)]
        always = tuple(way for way in ways if way not in free)
        some = (one for n in range(0 if always else 1, len(free) + 1) for one in combinations(free, n))
        return [(*always, *one) for one in some]

    def _element(self, element: Element) -> None:
        match element.kind:
            case _ if element.undoes:
                self.found.append(Move(("in:",), ("in:",), self.key(element)))
            case "parallelGateway":
                takes = tuple(self.into[element.id]) or (f"go:{element.id}",)
                self.found += [Move(takes, puts) for puts in self._leaves(element)]
            case "inclusiveGateway" if len(self.into[element.id]) > 1:
                self._join(element)
            case kind if kind in SCOPES:
                self._scope(element)
            case kind if kind.endswith("Gateway"):
                self.found += [Move((at,), puts) for at in self._comes(element) for puts in self._leaves(element)]
            case "boundaryEvent":
                pass  # told with what it stands at
            case kind if kind.endswith("Event"):
                self._event(element)
            case _:
                self._activity(element)

    def _event(self, element: Element) -> None:
        clears = self._places(element.parent) if element.trigger.kind == "terminate" else frozenset()
        ways = self._leaves(element)
        if element.kind == "intermediateThrowEvent" and element.trigger.kind == "link":
            catching = [
                one
                for one in self.elements.values()
                if one.kind == "intermediateCatchEvent"
                and one.trigger.name == element.trigger.name
                and one.parent == element.parent
            ]
            ways = [tuple(self.out[one.id]) for one in catching]
        for at in self._comes(element):
            for puts in ways:
                self._maybe_seen(element, Move((at,), puts, clears=clears))

    def _maybe_seen(self, element: Element, move: Move) -> None:
        """A move that may show in a log and may not."""
        self.found.append(move)
        if self._may_be_seen(element) and (element.label.text or self.seen is not None):
            self.found.append(Move(move.takes, move.puts, self.key(element), move.empty, move.clears, move.waits))

    def _activity(self, element: Element) -> None:
        key = self.key(element) if self._may_be_seen(element) else ""
        told = self._told(element)
        for at in self._comes(element):
            self.found += [Move((at,), puts, key, clears=told) for puts in self._leaves(element)]
            if element.loop:
                self.found.append(Move((at,), (at,), key))
                if element.loop.before:
                    self.found += [Move((at,), puts, clears=told) for puts in self._leaves(element)]
            for border in self.borders[element.id]:
                ways = tuple(self.out[border.id])
                if border.interrupting:
                    self._maybe_seen(border, Move((at,), ways, clears=told))
                    self.found.append(Move((at,), ways, key, clears=told))
                else:
                    flag = f"told:{border.id}"
                    self._maybe_seen(border, Move((at,), (at, flag, *ways), empty=frozenset({flag})))

    def _scope(self, element: Element) -> None:
        inside, inner = f"in:{element.id}", self._places(element.id)
        told = self._told(element)
        standing = frozenset(place for place in inner if not place.startswith("told:"))
        starts = self._starts(element.id)
        if element.by_event:
            self._by_event(element, inside)
        else:
            self.found += [Move((at,), (inside, *puts)) for at in self._comes(element) for puts in starts]
        clears = told | (inner - standing)
        for ways in self._leaves(element):
            self._maybe_seen(element, Move((inside,), ways, empty=standing, clears=clears))
            if element.loop and element.loop.kind != "loop" and element.loop.condition:
                self.found.append(Move((inside,), ways, clears=inner | told))  # the rounds still on their way are ended
        if element.loop:
            between = frozenset() if element.loop.kind == "parallel" else standing
            self.found += [Move((inside,), (inside, *puts), empty=between) for puts in starts]
        for border in self.borders[element.id]:
            ways = tuple(self.out[border.id])
            if border.interrupting:
                self._maybe_seen(border, Move((inside,), ways, clears=inner | told))
            else:
                flag = f"told:{border.id}"
                self._maybe_seen(border, Move((inside,), (inside, flag, *ways), empty=frozenset({flag})))

    def _by_event(self, part: Element, inside: str) -> None:
        """An event sub-process may begin while what it lies in runs, and stops it or not."""
        around = f"in:{part.parent}"
        own = self._places(part.id) | {inside}
        for start in self.elements.values():
            if start.kind == "startEvent" and start.parent == part.id:
                clears = self._places(part.parent) - own if start.interrupting else frozenset()
                puts = (around, inside, f"go:{start.id}")
                self.found.append(Move((around,), puts, empty=frozenset({inside}), clears=clears))

    def _join(self, element: Element) -> None:
        """An inclusive gateway goes on when no token can still come on a way that is empty, and on none that is not (clause 13.4.3)."""
        into = self.into[element.id]
        if len(into) > MOST_WAYS:
            raise CannotReplay(f"{element.label.text or element.id}: more than {MOST_WAYS} ways lead to it")
        reach = {flow: self._reaching(flow, element.id) for flow in into}
        for n in range(1, len(into) + 1):
            for takes in combinations(into, n):
                rest = [flow for flow in into if flow not in takes]
                # a token that could as well come to a way that is taken holds nothing up: round a loop, say
                waits = (
                    frozenset().union(*(reach[one] for one in rest)).difference(into, *(reach[one] for one in takes))
                )
                empty = frozenset(rest)
                self.found += [Move(takes, puts, empty=empty, waits=waits) for puts in self._leaves(element)]

    def _reaching(self, flow: str, gateway: str) -> frozenset[str]:
        """The places from where a token can come to a flow without going over the gateway."""
        found: set[str] = set()
        ahead = [flow]
        while ahead:
            source = self.elements.get(self.flows[ahead.pop()].source)
            if source is None or source.id == gateway:
                continue
            host = self.elements.get(source.attached_to, source)
            inner = self._places(host.id) if host.kind in SCOPES else frozenset()
            new = {*self.into[host.id], f"go:{host.id}", f"in:{host.id}", *inner} - found
            found |= new
            ahead += [place for place in new if place in self.flows and place not in inner]
        return frozenset(found)
