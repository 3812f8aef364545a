"""Walking one past subject through a map: the engine's own moves, with people, steps and tables answering as they really did.

What is assumed where nothing of the kind happened: see docs/explanation/trying.md; every assumption is written down by code and place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from orderway.decisions.published import Decider

from .. import scopes
from ..catching import fail
from ..conditions import Condition, Value
from ..deadlines import Deadlines
from ..decisions import registered
from ..engine import Move, basis_of
from ..forms import typed
from ..graph import Call, Decide, Graph, Node, Step, Work
from ..moving import Does
from ..rules import PLAIN_OUTCOME
from ..tokens import Instance, Token
from .past import Item, Passage, Past, Place, sources
from .world import MOST_HAPPENINGS, Terms, Waiting, Walked, World

A_DAY = timedelta(days=1)


def walk(past: Past, terms: Terms) -> Walked:
    """The way of a subject under these terms: by the draft where there is one, else by the versions it really went by."""
    world = World(past, terms)
    for name, at in past.noticed():
        world.later(at, _heard(world, name), 2)
    graph = terms.draft or past.root.graph
    root = Instance(1, 1, 0, 0, _digest(past, terms), graph, graph.subject, past.subject, values={})
    world._ids = 1
    move = Walk(world)
    move.begin(root, _start(past, graph))
    move.rest()
    for _ in range(MOST_HAPPENINGS):
        happens = world.next()
        if happens is None:
            break
        move = Walk(world)
        happens(move)
        move.rest()
    return world.walked()


def _digest(past: Past, terms: Terms) -> str:
    return "draft" if terms.draft else past.root.digest


def _start(past: Past, graph: Graph) -> str:
    """The start by which it really began, where the map has several and still has that one; else the plain one."""
    first = sources(past.root.graph).get(past.root.path[0][0]) if past.root.path else None
    begins = first[0].id if first else ""
    return begins if begins in {*graph.starts.values(), *graph.clocks} else ""


def _heard(world: World, name: str) -> Callable[["Walk"], None]:
    def happens(move: Walk) -> None:
        world.hear(name)
        move.wake()

    return happens


class Walk(Move):
    """A move of the engine in a world: nothing is read from the database and nothing written."""

    def __init__(self, world: World) -> None:
        self.world = world
        ctx = world.context()
        self.take_up(ctx, world.stock, Deadlines(ctx, world.terms.calendars))

    def does(self, node: Node) -> Does:
        """As in the engine; what needs people, commands, tables or other maps answers from the past."""
        return DOES.get(type(node.does)) or super().does(node)

    def rest(self) -> None:
        """Move to rest and let the world keep it; what the maps told is heard at once."""
        self.run_to_rest()
        while self.world.settle(self.stock):
            self.stock = self.world.stock
            self.wake()
            self.run_to_rest()

    def fill(self, instances: Sequence[Instance]) -> None:
        """What was filled in on the way is always at hand here."""
        for instance in instances:
            if instance.values is None:
                instance.values = {}

    def _read(self, _: str, ids: Sequence[int], names: frozenset[str]) -> Mapping[int, Mapping[str, Value]]:
        world = self.world
        return {id: {name: world.past.fact(name, world.at) for name in names} for id in ids}

    def holds(self, token: Token, condition: Condition, values: Mapping[str, Value]) -> bool:
        """A condition on facts alone answers as it did where it was asked; any other by the values of now."""
        world, graph = self.world, token.instance.graph
        if not condition.names <= graph.facts:
            return super().holds(token, condition, values)
        asked = (graph.key, token.node, condition.text)
        answer = world.past.answers.of((graph.key, token.node), condition, world.asked[asked], world.at)
        world.asked[asked] += 1
        if answer is not None:
            return answer
        if condition.names - world.past.then.keys():
            world.assume("fact-of-today", (graph.key, token.node))
        return super().holds(token, condition, values)


def _place(token: Token) -> Place:
    return token.instance.graph.key, token.node


def _turn(world: World, place: Place) -> int:
    """How often the place was come to before, counting this time."""
    world.turns[place] += 1
    return world.turns[place] - 1


# --- people


def _work(move: Walk, node: Node, tokens: Sequence[Token]) -> None:
    """A person has to decide: as they did here this often, else so that it goes on."""
    work = node.does
    assert isinstance(work, Work)  # noqa: S101 - called by what a node does
    world = move.world
    move.wait(tokens)
    due = move.deadlines.after(node.department, work.term) if work.term else None
    for token in tokens:
        place = _place(token)
        really = world.past.by_place.get(place, ())
        turn = _turn(world, place)
        real = really[turn] if turn < len(really) else None
        before = _approval(world, token) if work.holds else None
        if before is not None and _still_holds(world, work, real, before):
            token.outcome = before.outcome
            kept = Item(place, work.role, world.at, done_at=world.at, state="kept", outcome=before.outcome)
            world.items.append(Waiting(kept, token))
            scopes.go_on(move, [token])
            continue
        opened = Waiting(Item(place, work.role, world.at, due), token)
        world.fresh.append((opened, _answering(world, opened, work, real)))


def _approval(world: World, token: Token) -> Item | None:
    """The last decision at this place that let it go on."""
    done = [one.item for one in world.items if one.item.place == _place(token) and one.item.state == "done"]
    return done[-1] if done and done[-1].basis is not None else None


def _still_holds(world: World, work: Work, real: Item | None, before: Item) -> bool:
    if real is not None:
        return real.state == "kept"
    return before.basis == basis_of(world.past.fact(work.holds, world.at))


def _answering(world: World, opened: Waiting, work: Work, real: Item | None) -> Callable[[], None]:
    """What to put on the agenda when a work item opens."""

    def begin() -> None:
        if real is not None and real.state == "open":
            return  # nobody has decided it yet
        outcomes = {one.name: one.sends_back for one in work.outcomes} or {PLAIN_OUTCOME: False}
        outcome = next((name for name, back in outcomes.items() if not back), next(iter(outcomes)))
        took, values = _usual(world, opened.item, real), real.values if real else {}
        assumed = "decision-new" if real is None else "decision-withdrawn"
        if real is not None and real.state == "done":
            took, assumed = real.took, "" if real.outcome in outcomes else "outcome-gone"
            outcome = real.outcome if real.outcome in outcomes else outcome
        back = outcomes[outcome]
        basis = (real.basis if real else None) or basis_of(world.past.fact(work.holds, world.at + took))
        done = replace(
            opened.item, state="done", outcome=outcome, values=values, basis=basis if work.holds and not back else None
        )
        if real is not None and real.state == "done":
            done = replace(done, then=real.then, given_back=real.given_back)
        world.later(world.at + took, lambda move: _decided(move, opened, done, back, assumed), 1)

    return begin


def _usual(world: World, item: Item, real: Item | None) -> timedelta:
    """How long a decision takes that nobody made: half of its like took at most so long; else until it is due, else a day."""
    known = world.terms.usual
    took = known.get(item.place) or known.get(item.role)
    if took is None:
        took = item.due_at - world.at if item.due_at else A_DAY
    return took + real.took if real is not None else took


def _decided(move: Walk, opened: Waiting, done: Item, back: bool, assumed: str) -> None:
    token = opened.token
    if token.gone:
        return
    if assumed:
        move.world.assume(assumed, done.place)
    opened.item = replace(done, done_at=move.world.at)
    token.outcome, token.reason, token.reason_code = done.outcome, "", "sent-back" if back else ""
    token.instance.filled |= done.values
    names = token.instance.graph.names
    values = token.instance.values = token.instance.values or {}
    values |= {name: typed(value, names[name]) for name, value in done.values.items() if name in names}
    if done.then:
        move.world.later(move.world.at + done.then, lambda later: _agreed(later, token, done.given_back), 1)
    elif done.then is not None:
        _agreed(move, token, done.given_back)


def _agreed(move: Walk, token: Token, given_back: bool) -> None:
    """Everybody has agreed who had to beside the map's role, or one of them gave the step back."""
    if token.gone:
        return
    if given_back:
        token.outcome = ""
        move.put(token)
    else:
        move.go_on([token])


# --- steps


def _step(move: Walk, _: Node, tokens: Sequence[Token]) -> None:
    """A command runs: as it went here this often, at once where it never ran."""
    world = move.world
    for token in tokens:
        if token.gone:
            continue
        place = _place(token)
        passages = world.past.passages.get(place, ())
        turn = _turn(world, place)
        if token.inner:  # the rounds of a repeated step leave no trace of their own
            scopes.go_on(move, [token])
        elif turn < len(passages):
            _as_it_went(move, token, passages[turn])
        else:
            world.assume("step-new", place)
            scopes.go_on(move, [token])


def _as_it_went(move: Walk, token: Token, passage: Passage) -> None:
    world = move.world
    code = _refusal(world.past, _place(token), passage)
    left = passage.left if passage.left is not None else (passage.came if code else None)
    if left is not None and left <= passage.came:
        _pass(move, token, code)
        return
    token.state, token.changed = "stuck", True
    if left is not None:
        world.later(world.at + (left - passage.came), lambda later: _pass(later, token, code), 1)


def _pass(move: Walk, token: Token, code: str) -> None:
    if token.gone:
        return
    if not code:
        scopes.go_on(move, [token])
        return
    token.reason_code = code
    if not fail(move, token, code):
        move.stick(token, "", code, {})


def _refusal(past: Past, place: Place, passage: Passage) -> str:
    """The code with which a step was refused, by where its way went on; empty when it was done (or stands there still)."""
    if passage.left is not None and not passage.border:
        return ""
    for ride in past.rides:
        if ride.graph.key != place[0]:
            continue
        caught = ride.graph.nodes[place[1]].around if place[1] in ride.graph.nodes else None
        for code, border in (caught.errors or {}).items() if caught and passage.border else ():
            if border == passage.border:
                return code or "refused"
    return _caught_around(past, passage.came) if passage.left is None else ""


def _caught_around(past: Past, at: datetime) -> str:
    """The code that was caught by an activity or a scope around a step at that moment."""
    for ride in past.rides:
        graph = ride.graph
        catches = [node.around.errors for node in graph.nodes.values() if node.around and node.around.errors]
        catches += [inside.errors for inside in graph.inside.values() if inside.errors]
        by_source = {event: code or "refused" for one in catches for code, event in one.items()}
        leads = sources(graph)
        for flow, moment in ride.path:
            if moment == at and flow in leads and leads[flow][0].id in by_source:
                return by_source[leads[flow][0].id]
    return ""


# --- decisions and other maps


def _decide(move: Walk, node: Node, tokens: Sequence[Token]) -> None:
    """A decision is asked: a table on the values it was really asked on, a function as it answered."""
    does = node.does
    assert isinstance(does, Decide)  # noqa: S101 - called by what a node does
    world = move.world
    for token in tokens:
        answer = _of_function(world, token, does) if does.decision in registered else _of_table(world, token, does)
        for name in sorted(does.outputs):
            move.keep(token.instance, name, answer.get(name))
    scopes.go_on(move, tokens)


def _of_function(world: World, token: Token, does: Decide) -> Mapping[str, Any]:
    place = _place(token)
    for ride in world.past.rides:
        if ride.graph.key == place[0] and place in world.past.visited:
            kinds = token.instance.graph.names
            return {name: typed(ride.values.get(name), kinds[name]) for name in does.outputs}
    world.assume("decision-unknown", place)
    return {}


def _of_table(world: World, token: Token, does: Decide) -> Mapping[str, Any]:
    place, terms, past = _place(token), world.terms, world.past
    asked = past.asked.get(does.decision, ())
    turn = _turn(world, place)
    real = asked[turn] if turn < len(asked) else asked[-1] if asked else None
    decider: Decider | None = terms.tables.get(does.decision) or (terms.deciders.get(real.digest) if real else None)
    decider = decider or terms.deciders.get(does.decision)
    if decider is None:
        world.assume("decision-unknown", place)
        return {}
    values = {name: past.fact(name, world.at) for name in decider.names}
    if real is not None:
        values |= {name: value for name, value in real.values.items() if name in values}
    elif set(decider.names) - past.then.keys():
        world.assume("fact-of-today", place)
    result = decider.decide(values, (real.at if real else world.at).astimezone(terms.zone)).result
    return result if isinstance(result, Mapping) else dict.fromkeys(does.outputs, result)


def _call(move: Walk, node: Node, tokens: Sequence[Token]) -> None:
    """Another map runs for the same subject: the draft of it, else the version that ran then, else the latest."""
    call = node.does
    assert isinstance(call, Call)  # noqa: S101 - called by what a node does
    move.wait(tokens)
    for token in tokens:
        digest, graph = _version(move.world, call.map)
        if graph is None:
            move.stick(token, "", "unknown-map", {})
            continue
        above = token.instance
        token.called = Instance(
            move.world.new_id(), above.root, 0, 0, digest, graph, above.subject_type, above.subject, token, values={}
        )
        scopes.open_scope(move, token.called, None, "", like=None)
        token.called.tokens[-1].moves = token.moves


def _version(world: World, key: str) -> tuple[str, Graph | None]:
    if world.terms.draft is not None and world.terms.draft.key == key:
        return "draft", world.terms.draft
    ridden = [ride for ride in world.past.rides if ride.graph.key == key]
    if ridden:
        turn = min(sum(instance.graph.key == key for instance, *_ in world.runs.values()), len(ridden) - 1)
        return ridden[turn].digest, ridden[turn].graph
    return world.terms.latest.get(key, ("", None))


DOES: Mapping[type, Does] = {Work: _work, Step: _step, Decide: _decide, Call: _call}  # type: ignore[dict-item]
