"""A slow, plain reading of BPMN 2.0.2 clause 13: one subject, one token, one step at a time, over the drawing itself.

Nothing is compiled and nothing listens: an event looks through the whole tree of what is alive for somebody who would catch it.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from notation import Drawn, Scope, rounds

Flow = tuple[str, str, str, bool]
UNITS = {"D": "days", "H": "hours", "M": "minutes", "S": "seconds"}


class Missing:
    """What is not known: smaller and larger than nothing."""

    def __lt__(self, _other: object) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Missing)

    __hash__ = object.__hash__


def value_of(text: str, names: Mapping[str, Any]) -> Any:
    """An expression of the maps of these tests, by Python's own reading."""
    python = re.sub(r"(?<![<>!])=", "==", text)
    known = {name: Missing() if value is None else value for name, value in names.items()}
    return eval(python, {"__builtins__": {}, "true": True, "false": False}, known)  # noqa: S307 - texts of our own tests


def length(text: str) -> timedelta:
    return timedelta(**{UNITS[unit]: int(many) for many, unit in re.findall(r"(\d+)([DHMS])", text)})


@dataclass(eq=False)
class Live:
    """Something alive at a node: a token that waits, an activity at work, a round of one."""

    node: Drawn
    frame: "Frame"
    flow: Flow | None = None
    outcome: str = ""
    state: str = "waiting"
    since: datetime | None = None
    rang: Counter[str] = field(default_factory=Counter)
    inner: "Frame | None" = None
    body: "Live | None" = None
    rounds: "list[Live]" = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    many: int = 0
    thrower: "Live | None" = None
    alive: bool = True


@dataclass(eq=False)
class Frame:
    """A scope at work. `memory` is what was completed in it: the activity to undo it and the ids by which it may be named."""

    scope: Scope
    owner: Live | None
    since: datetime
    part: bool = False
    lives: list[Live] = field(default_factory=list)
    memory: list[tuple[Drawn, set[str]]] = field(default_factory=list)
    rang: Counter[str] = field(default_factory=Counter)


class Subject:
    """One subject with its row of facts, its log, and the maps it may go through."""

    def __init__(self, facts: Mapping[str, Any], maps: Mapping[str, Scope], now: datetime) -> None:
        self.facts = {"total": 0, "flag": False, "refuses": "", "breaks": "", "ready_on": None, **facts}
        self.maps, self.now = maps, now
        self.names: dict[str, Any] = {}
        self.log: list[str] = []
        self.kept: set[str] = set()
        self.root: Frame | None = None

    # --- beginning and ending

    def start(self) -> None:
        self.open(self.maps[""], None)
        self.settle()

    def open(self, scope: Scope, owner: Live | None, part: bool = False) -> None:
        frame = Frame(scope, owner, self.now, part)
        if owner is None:
            self.root = frame
        else:
            owner.inner = frame
        starts = [e for e in scope.elements.values() if e.kind == "startEvent"]
        self.take(frame, starts[0], "")

    def take(self, frame: Frame, source: Drawn, outcome: str, flows: list[Flow] | None = None) -> None:
        """A token on each flow: all of them first, then each goes on."""
        flows = [flow for flow in frame.scope.flows if flow[0] == source.id] if flows is None else flows
        fresh = [Live(frame.scope.elements[flow[1]], frame, flow, outcome, since=self.now) for flow in flows]
        frame.lives += fresh
        for live in fresh:
            if live.alive:
                self.begin(live)
        self.close(frame)

    def close(self, frame: Frame) -> None:
        """A scope without a token is done."""
        if (
            frame.lives
            or (frame.owner is not None and not frame.owner.alive)
            or (frame.owner is None and frame is not self.root)
        ):
            return
        owner = frame.owner
        if owner is None:
            self.root = None
        elif owner.inner is frame:
            owner.inner = None
            if frame.part:
                self.kill(owner)
                self.close(owner.frame)
            else:
                self.complete(owner, frame)

    def kill(self, live: Live) -> None:
        live.alive = False
        for one in [*live.rounds, *(live.inner.lives if live.inner else [])]:
            self.kill(one)
        home = live.body.rounds if live.body else live.frame.lives
        if live in home:
            home.remove(live)

    def empty(self, frame: Frame) -> None:
        for live in list(frame.lives):
            self.kill(live)

    # --- what a node does

    def begin(self, live: Live) -> None:
        if live.node.loop and live.body is None:
            self.first_rounds(live)
            return
        kind, says = live.node.kind, live.node.says
        match kind:
            case "endEvent" | "intermediateThrowEvent":
                self.throw(live)
            case "serviceTask" | "businessRuleTask" if not says:
                self.step(live)
            case "scriptTask":
                name, _, text = says.partition(" = ")
                self.names[name] = value_of(text, self.values(live))
                self.complete(live)
            case "businessRuleTask":
                self.names["credit"] = "good" if (self.facts["total"] or 0) < 100 else "bad"
                self.complete(live)
            case "manualTask":
                self.complete(live)
            case "sendTask":
                self.complete(live)
                self.tell(says)
            case "subProcess":
                self.open(live.node.inside or Scope(), live)
            case "callActivity":
                self.open(self.maps[says], live)
            case "exclusiveGateway" | "parallelGateway" | "inclusiveGateway":
                self.gate(live)
            case "intermediateCatchEvent":
                self.catch(live)
            case "receiveTask" if says in self.kept:
                self.kept.discard(says)
                self.complete(live)

    def catch(self, live: Live) -> None:
        kind, _, name = live.node.says.partition(" ")
        if kind == "message" and name in self.kept:
            self.kept.discard(name)
            self.complete(live)
        elif kind == "timer" and self.due(live.node, self.now) is None:
            live.state = "stuck"
        elif kind == "timer" and (self.due(live.node, self.now) or self.now) <= self.now:
            self.complete(live)

    def step(self, live: Live) -> None:
        name = live.node.id
        code = f"no-{name}" if name in self.facts["refuses"].split() else ""
        code = "broken" if name in self.facts["breaks"].split() else code
        if not code:
            self.log.append(name)
            self.complete(live)
        elif not self.fail(live, code):
            live.state = "stuck"

    def complete(self, live: Live, frame: Frame | None = None) -> None:
        """An activity is done: the next round, what compensation may need, and the ways out."""
        if not live.alive:
            return
        undo = next((b for b in self.borders(live) if b.says == "undo"), None)
        memory = frame.memory if frame is not None and live.node.kind == "subProcess" else []
        if undo is not None:
            target = next(target for source, target in live.frame.scope.undone if source == undo.id)
            memory = [(live.frame.scope.elements[target], {live.node.id})]
        if live.node.loop and live.body is None:
            memory = []
        live.frame.memory += [(target, {*ids, live.node.id}) for target, ids in memory]
        if live.body is not None:
            self.round_done(live)
            return
        if live.thrower is not None:
            self.kill(live)
            self.undo(live.thrower)
            return
        live.frame.lives.remove(live)
        live.alive = False
        self.take(live.frame, live.node, live.outcome, self.leaving(live))

    def leaving(self, live: Live) -> list[Flow]:
        """The ways out of what is done: with conditions each that is true, else the default, and those without one (clause 8.4.13)."""
        out = [flow for flow in live.frame.scope.flows if flow[0] == live.node.id]
        true = [flow for flow in out if flow[2] and value_of(flow[2], self.values(live)) is True]
        asked = any(flow[2] for flow in out)
        return [flow for flow in out if flow in true or (not flow[2] and not (asked and flow[3] and true))]

    # --- gateways

    def gate(self, live: Live) -> None:
        into = [flow for flow in live.frame.scope.flows if flow[1] == live.node.id]
        if live.node.kind != "exclusiveGateway" and len(into) > 1:
            live.state = "joining"
            if live.node.kind == "parallelGateway":
                self.join(live.frame, live.node, into)
            return
        self.split(live)

    def join(self, frame: Frame, node: Drawn, into: list[Flow]) -> None:
        here = [one for one in frame.lives if one.node is node and one.state == "joining"]
        if {one.flow for one in here} == set(into):
            for flow in into:
                self.kill(next(one for one in here if one.flow == flow and one.alive))
            self.take(frame, node, "")

    def split(self, live: Live) -> None:
        out = [flow for flow in live.frame.scope.flows if flow[0] == live.node.id]
        ways = out
        if live.node.kind != "parallelGateway" and (len(out) > 1 or out[0][2]):
            ways = [flow for flow in out if flow[2] and value_of(flow[2], self.values(live)) is True]
            ways = ways[:1] if live.node.kind == "exclusiveGateway" else ways
            ways = ways or [flow for flow in out if flow[3]]
        if not ways:
            live.state = "stuck"
            return
        live.frame.lives.remove(live)
        live.alive = False
        self.take(live.frame, live.node, live.outcome, ways)

    def settle(self) -> None:
        """Hand out what was kept, and join at inclusive gateways, until neither can be done any more."""
        for name in sorted(self.kept):
            if found := self.catchers("message", name):
                self.kept.discard(name)
                self.happens(*found[0])
        while joined := next((one for one in self.joining() if self.joins(one)), None):
            frame, node = joined.frame, joined.node
            ways = {one.flow: one for one in reversed(frame.lives) if one.node is node and one.state == "joining"}
            merged = Live(node, frame, since=self.now)
            frame.lives.append(merged)
            for one in ways.values():
                self.kill(one)
            self.split(merged)

    def joining(self) -> list[Live]:
        return [one for one in self.all() if one.state == "joining" and one.node.kind == "inclusiveGateway"]

    def joins(self, live: Live) -> bool:
        scope = live.frame.scope
        here = {one.flow for one in live.frame.lives if one.node is live.node and one.state == "joining"}
        for other in live.frame.lives:
            if other.node is live.node and other.state == "joining":
                continue
            ways = set(self.ahead(scope, other.node.id, live.node.id))
            if ways - here and not ways & here:
                return False
        return True

    def ahead(self, scope: Scope, node: str, join: str) -> Iterator[Flow]:
        """The flows into a join that a token at a node may still come by."""
        seen, to_do = {node}, [node]
        while to_do:
            at = to_do.pop()
            following = [flow[1] for flow in scope.flows if flow[0] == at]
            yield from (flow for flow in scope.flows if flow[0] == at and flow[1] == join)
            following += [one.id for one in scope.elements.values() if one.host == at]
            if scope.elements[at].kind == "intermediateThrowEvent" and scope.elements[at].says.startswith("link"):
                following += [self.landing(scope, scope.elements[at]).id]
            to_do += [one for one in following if one not in seen and one != join]
            seen |= set(following)

    def landing(self, scope: Scope, link: Drawn) -> Drawn:
        return next(e for e in scope.elements.values() if e.kind == "intermediateCatchEvent" and e.says == link.says)

    # --- repeated activities

    def first_rounds(self, body: Live) -> None:
        said = rounds(body.node.loop)
        many = value_of(said.count, self.values(body)) if said.count else 0
        if isinstance(many, Missing):
            body.state = "stuck"
            return
        body.many = int(many)
        if (said.before and not self.until(body, said.condition, 0)) or (body.many == 0 and said.kind != "loop"):
            self.complete(body)
            return
        fresh = [self.round(body) for _ in range(body.many if said.kind == "parallel" else 1)]
        for one in fresh:
            if one.alive:
                self.begin(one)

    def round(self, body: Live) -> Live:
        one = Live(body.node, body.frame, None, body.outcome, since=self.now, body=body)
        body.rounds.append(one)
        return one

    def round_done(self, live: Live) -> None:
        body = live.body
        assert body is not None
        said = rounds(body.node.loop)
        body.done.append(live.outcome)
        self.kill(live)
        body.outcome = live.outcome
        if said.kind == "loop":
            over = 0 < body.many <= len(body.done)
            over = over or (bool(said.condition) and not self.until(body, said.condition, len(body.done)))
        else:
            over = len(body.done) >= body.many
            over = over or (bool(said.condition) and self.until(body, said.condition, len(body.done)))
        if over:
            for one in list(body.rounds):
                self.kill(one)
            chosen = Counter(outcome for outcome in body.done if outcome)
            best = [name for name, many in chosen.items() if many == max(chosen.values())]
            body.outcome = live.outcome if live.outcome in best or not best else best[-1]
            self.complete(body)
        elif said.kind != "parallel":
            self.begin(self.round(body))

    def until(self, body: Live, condition: str, at: int) -> bool:
        chosen = {f"count_{name}": body.done.count(name) for name in body.node.says.split()}
        counts = {
            "numberOfInstances": body.many, "numberOfCompletedInstances": len(body.done), "numberOfTerminatedInstances": 0,
            "numberOfActiveInstances": len(body.rounds), "loopCounter": at,
        }  # fmt: skip
        return value_of(condition, {**self.values(body), **counts, **chosen}) is True

    # --- events

    def throw(self, live: Live) -> None:
        kind, _, name = live.node.says.partition(" ")
        if kind == "terminate":
            frame = live.frame
            self.empty(frame)
            self.close(frame)
            return
        if kind == "undo":
            self.undo(live)
            return
        if kind == "error":
            if not self.fail(live, name) and self.root is not None:
                self.empty(self.root)
                self.root = None
            return
        if kind == "escalation":
            self.escalate(live, name)
        elif kind == "signal":
            self.signal(name)
        if not live.alive:
            return
        if kind == "link":
            live.frame.lives.remove(live)
            live.alive = False
            self.take(live.frame, self.landing(live.frame.scope, live.node), live.outcome)
        else:
            self.complete(live)
        if kind == "message":
            self.tell(name)

    def undo(self, live: Live) -> None:
        """Undo the last thing in memory that is meant; when there is none, go on."""
        name = live.node.says.partition(" ")[2]
        frames = [live.frame]
        while frames[-1].part and frames[-1].owner is not None:
            frames.append(frames[-1].owner.frame)
        for frame in frames:
            for entry in reversed(frame.memory):
                if not name or name in entry[1]:
                    frame.memory.remove(entry)
                    handler = Live(entry[0], live.frame, since=self.now, thrower=live)
                    live.frame.lives.append(handler)
                    self.begin(handler)
                    return
        self.complete(live)

    def outwards(self, live: Live, kind: str, code: str) -> "tuple[Drawn, Live | Frame] | None":
        """Who catches: a border with its activity, or the start of an event sub-process with its frame."""
        at = live
        while True:
            host = at.body or at
            border = self.named(
                [b for b in self.borders(host) if not (host.node.loop and at is host and host.rounds)], kind, code
            )
            border = border or self.named(self.borders(host), kind, code)
            if border is not None:
                return border, host
            if host.node.kind != "eventSubProcess":
                start = self.named([start for _, start in self.parts(host.frame)], kind, code)
                if start is not None:
                    return start, host.frame
            if host.frame.owner is None:
                return None
            at = host.frame.owner

    def named(self, events: list[Drawn], kind: str, code: str) -> Drawn | None:
        for wanted in (f"{kind} {code}", kind):
            for event in events:
                if event.says == wanted:
                    return event
        return None

    def borders(self, live: Live) -> list[Drawn]:
        return [e for e in live.frame.scope.elements.values() if e.kind == "boundaryEvent" and e.host == live.node.id]

    def parts(self, frame: Frame) -> list[tuple[Drawn, Drawn]]:
        found = [e for e in frame.scope.elements.values() if e.kind == "eventSubProcess" and e.inside]
        return [(e, next(s for s in e.inside.elements.values() if s.kind == "startEvent")) for e in found if e.inside]

    def fail(self, live: Live, code: str) -> bool:
        found = self.outwards(live, "error", code)
        if found is None:
            return False
        event, place = found
        self.caught(event, place, live, stops=True)
        return True

    def escalate(self, live: Live, code: str) -> None:
        found = self.outwards(live, "escalation", code)
        if found is not None:
            self.caught(found[0], found[1], live, stops=not found[0].gentle)

    def caught(self, event: Drawn, place: Live | Frame, live: Live, stops: bool) -> None:
        if isinstance(place, Frame):
            self.start_part(place, event)
            return
        if stops:
            self.kill(place)
        self.take(place.frame, event, live.outcome)

    def start_part(self, frame: Frame, start: Drawn) -> None:
        part = next(part for part, one in self.parts(frame) if one is start)
        if not start.gentle:
            self.empty(frame)
        owner = Live(part, frame, since=self.now)
        frame.lives.append(owner)
        self.open(part.inside or Scope(), owner, part=True)

    # --- who waits

    def all(self, frame: Frame | None = None) -> Iterator[Live]:
        frame = frame or self.root
        for live in list(frame.lives) if frame else []:
            yield from self.below(live)

    def below(self, live: Live) -> Iterator[Live]:
        yield live
        for one in list(live.rounds):
            yield from self.below(one)
        if live.inner:
            yield from self.all(live.inner)

    def frames(self) -> Iterator[Frame]:
        if self.root:
            yield self.root
        yield from (live.inner for live in self.all() if live.inner)

    def listeners(self) -> "Iterator[tuple[Drawn, Live | Frame]]":
        """Everything that some event could wake: the event, and where it is."""
        for live in list(self.all()):
            if live.state == "waiting" and not live.rounds:
                if live.node.kind in ("intermediateCatchEvent", "receiveTask"):
                    yield live.node, live
                if live.node.kind == "eventBasedGateway":
                    flows = [flow for flow in live.frame.scope.flows if flow[0] == live.node.id]
                    yield from ((live.frame.scope.elements[flow[1]], live) for flow in flows)
            if live.body is None and live.state in ("waiting", "stuck"):
                yield from ((border, live) for border in self.borders(live))
        for frame in list(self.frames()):
            running = any(
                live.node.kind == "eventSubProcess" and not self.start_of(live.node).gentle for live in frame.lives
            )
            if not running:
                yield from ((start, frame) for _, start in self.parts(frame))

    def start_of(self, part: Drawn) -> Drawn:
        return next(s for s in part.inside.elements.values() if s.kind == "startEvent") if part.inside else part

    def catchers(self, kind: str, name: str) -> "list[tuple[Drawn, Live | Frame]]":
        says = f"{kind} {name}"
        return [
            (event, place)
            for event, place in self.listeners()
            if event.says == says or (kind == "message" and event.kind == "receiveTask" and event.says == name)
        ]

    def happens(self, event: Drawn, place: Live | Frame) -> None:
        if isinstance(place, Frame):
            self.start_part(place, event)
        elif not place.alive:
            return
        elif event is place.node:
            self.complete(place)
        elif event.kind == "boundaryEvent":
            self.caught(event, place, place, stops=not event.gentle)
        else:
            self.kill(place)
            self.take(place.frame, event, place.outcome)
        self.settle()

    def tell(self, name: str) -> None:
        found = self.catchers("message", name)
        if found:
            self.happens(*found[0])
        else:
            self.kept.add(name)

    def signal(self, name: str) -> None:
        for event, place in self.catchers("signal", name):
            self.happens(event, place)

    # --- time

    def due(self, event: Drawn, since: datetime) -> datetime | None:
        text = event.says.partition(" ")[2]
        if text.startswith("P") or text.startswith("R"):
            return since + length(text)
        stated = self.facts.get(text, text)
        if stated is None:
            return None
        stated = datetime.fromisoformat(str(stated))
        return stated if stated.tzinfo else stated.replace(tzinfo=since.tzinfo)

    def timers(self) -> "list[tuple[datetime, Drawn, Live | Frame]]":
        found = []
        for event, place in self.listeners():
            if not event.says.startswith("timer") or not place.since:
                continue
            rang = place.rang[event.id]
            cycle = re.match(r"timer R(\d*)/(.+)", event.says)
            most = 1 if not cycle or event.kind == "intermediateCatchEvent" else int(cycle[1] or 10**6)
            due = self.due(event, place.since)
            if due is not None and rang < most:
                found.append((due + rang * length(event.says) if cycle else due, event, place))
        return sorted(found, key=lambda one: one[0])

    def pass_time(self, to: datetime) -> None:
        """The worker looks when all of it has passed: what is due then rings, each in its turn."""
        self.now = to
        for first, event, place in self.timers():
            due = first
            while due <= to and (isinstance(place, Frame) or place.alive):
                place.rang[event.id] += 1
                self.happens(event, place)
                again = [one for one in self.timers() if one[1] is event and one[2] is place]
                if not again or event.kind == "intermediateCatchEvent":
                    break
                due = again[0][0]

    # --- persons

    def values(self, live: Live) -> dict[str, Any]:
        return {**self.facts, **self.names, "outcome": live.outcome}

    def decide(self, node: str, outcome: str = "") -> None:
        live = next(
            (one for one in self.all() if one.node.id == node and one.node.kind == "userTask" and not one.rounds), None
        )
        if live is not None:
            live.outcome = outcome or "done"
            self.complete(live)
            self.settle()

    def retry(self) -> None:
        for live in [one for one in self.all() if one.state == "stuck"]:
            live.state = "waiting"
            self.gate(live) if live.node.kind.endswith("Gateway") else self.begin(live)
        self.settle()

    def standing(self) -> list[str]:
        marks = {"stuck": "!", "joining": "?"}
        leaves = [one for one in self.all() if not one.rounds and not (one.inner and one.inner.lives)]
        return sorted(one.node.id + marks.get(one.state, "") for one in leaves)
