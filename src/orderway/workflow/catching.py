"""Events: what waits and listens, what wakes it, and how an error or an escalation finds who catches it.

BPMN 2.0.2 (formal/13-12-09), clauses 10.5.1 to 10.5.6 and 13.5. A message is for one subject and is kept until a token comes that
waits for it; a signal is for all that listen when it is given, and for nobody later.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from heapq import heappop, heappush
from zoneinfo import ZoneInfo

from orderway.kernel.sql import statements

from .compile import SIGNAL
from .conditions import Value
from .graph import Around, Hear, Inside, Node, Pause, Throw, Wait
from .moving import Arrived, Moving
from .scopes import go_on, interrupt, settle, start_part
from .times import ENDLESS, When
from .tokens import LISTENING, SQL, Instance, Token

PROCEED = statements("workflow", "proceed")


def wake(move: Moving) -> None:
    """Set going what may go on: ready tokens, and those whose event has arrived or whose time has come."""
    move.arrived.clear()  # anything may have arrived since
    waiting: list[Token] = []
    pausing: list[Token] = []
    for token in move.stock.tokens.values():
        if token.state == "ready":
            move.put(token)
        elif token.state in ("waiting", LISTENING):
            node = token.instance.graph.nodes[token.node]
            if isinstance(node.does, Wait):
                if token.inner or not (node.around and node.around.repeat):  # of a repeated task its rounds wait
                    waiting.append(token)
            elif isinstance(node.does, Pause):
                pausing.append(token)
    for kind in sorted({instance.subject_type for instance in move.stock.instances.values()}):
        instances = [one for one in move.stock.instances.values() if one.subject_type == kind]
        strays: dict[int, int] = {}
        arrived = _arrived(move, kind, instances, strays)
        _take_arrivals(move, [token for token in waiting if token.instance.subject_type == kind], arrived)
        _keep(move, kind, arrived, strays)
    if pausing:
        _ring(move, pausing)


def _keep(move: Moving, kind: str, arrived: Arrived, strays: Mapping[int, int]) -> None:
    """What nobody here waits for (and signals for tokens that are not here, by arrival) is kept for who comes, and looked at again where
    the subject also runs, or begins just now, under a root that others move: it may just have come to wait, or the signal is for it."""
    if arrived.untaken:
        roots = sorted({one.root for one in move.stock.instances.values()})
        subjects = sorted({subject for subject, _ in arrived.untaken})
        # in this order: who is no longer beginning when the first one looks is seen by the second
        others = {row.subject_id for row in move.ctx.fetch(PROCEED.beginning, subject_type=kind, subjects=subjects)}
        rows = move.ctx.fetch(PROCEED.elsewhere, subject_type=kind, subjects=subjects, roots=roots)
        others |= {row.subject_id for row in rows}
        kept = [id for (subject, _), ids in arrived.untaken.items() if subject not in others for id in ids]
        move.stock.seen.update(dict.fromkeys(kept, "kept"))
    if strays:
        found = {row.id for row in move.ctx.fetch(PROCEED.listening, tokens=sorted(set(strays.values())))}
        move.stock.seen.update({id: "taken" for id, token in strays.items() if token not in found})


def wait(move: Moving, _: Node, tokens: Sequence[Token]) -> None:
    """Wait for a message; one that came before is taken at once."""
    move.wait(tokens)
    kind = tokens[0].instance.subject_type
    _take_arrivals(move, tokens, _arrived(move, kind, [token.instance for token in tokens]))


def hear(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Listen to a signal from now on."""
    move.wait(tokens)
    if isinstance(node.does, Hear):
        for token in tokens:
            token.signal = node.does.signal


def pause(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Set a timer; one whose moment is not known is none at a border, and stuck anywhere else."""
    if not isinstance(node.does, Pause):
        return
    when, term = node.does.when, node.does.term
    given = move.given(tokens, frozenset({when.name})) if when.name else {}
    zone = _zone(move, node, when)
    move.wait(tokens)
    for token in tokens:
        if term is not None:
            due: datetime | None = move.deadlines.after(node.department, term)
        else:
            due = when.first(move.ctx.at, zone, _moment(given[token.instance.id][when.name]) if when.name else None)
        if due is not None:
            move.stock.paused.append((token, due))
            if when.times != 1:
                token.counts = {"left": when.times, "since": move.ctx.at.isoformat()}
        elif token.state != LISTENING:
            move.stick(token, "", "no-moment", {"name": when.name})


def _zone(move: Moving, node: Node, when: When) -> ZoneInfo:
    """The time zone that a timer counts in; calendars are read only for one that rests on it."""
    return move.deadlines.zone(node.department) if when.zoned else ZoneInfo("UTC")


def _moment(value: Value) -> date | datetime | None:
    return value if isinstance(value, date) else None


def _arrived(move: Moving, kind: str, instances: Sequence[Instance], strays: dict[int, int] | None = None) -> Arrived:
    """The arrivals not taken yet; what comes while this move looks at others is there for the next one. Signals wake their tokens here;
    those for tokens that are gone, or move with another root of the subject, are put into `strays`."""
    arrived = move.arrived[kind]
    subjects = {instance.subject for instance in instances} - arrived.subjects
    if not subjects:
        return arrived
    arrived.subjects |= subjects
    heard = []
    for row in move.ctx.fetch(SQL.arrivals, subject_type=kind, subjects=sorted(subjects)):
        if move.stock.seen.get(row.id) == "taken":
            continue
        if row.token_id is None:
            arrived.untaken[row.subject_id, row.name].append(row.id)
        elif row.token_id in move.stock.tokens:
            move.stock.seen[row.id] = "taken"
            token = move.stock.tokens[row.token_id]
            if SIGNAL + token.signal == row.name:
                heard.append(token)
        elif strays is not None and row.id not in move.stock.seen:
            strays[row.id] = row.token_id
    happened(move, heard)
    return arrived


def _take_arrivals(move: Moving, tokens: Sequence[Token], arrived: Arrived) -> None:
    going = []
    for token in tokens:
        does = token.instance.graph.nodes[token.node].does
        if token.gone or not isinstance(does, Wait):
            continue
        taken = arrived.untaken.pop((token.instance.subject, does.event), None)
        if taken:
            move.stock.seen.update(dict.fromkeys(taken, "taken"))
            if token.state == LISTENING:
                happened(move, [token])  # it may stop one of the others
            else:
                going.append(token)
    go_on(move, going)


def _ring(move: Moving, tokens: Sequence[Token]) -> None:
    """Timers whose time has come, the earliest first; after a standstill a cycle rings once for each time it missed."""
    rows = move.ctx.fetch(SQL.due_timers, tokens=[token.id for token in tokens])
    due = [(row.due_at, row.token_id) for row in rows]  # in order: a heap as it is
    while due:
        at, id = heappop(due)
        token = move.stock.tokens[id]
        if token.gone:
            continue
        move.stock.rung.append(id)
        does = token.instance.graph.nodes[token.node].does
        happened(move, [token])
        if token.state == LISTENING and not token.gone and isinstance(does, Pause):
            again = _again(move, token, does.when, at)
            if again is not None and again <= move.ctx.at:
                heappush(due, (again, id))
            elif again is not None:
                move.stock.paused.append((token, again))


def _again(move: Moving, token: Token, when: When, rang: datetime) -> datetime | None:
    """When a timer that does not stop its activity rings next; one that has rung as often as its cycle says is gone."""
    counts = token.counts or {}
    left = counts.get("left", 1)
    if left == 1:
        if token.parent is not None:
            token.parent.ears.remove(token)
        move.drop(token)
        return None
    if left != ENDLESS:
        token.counts, token.changed = {**counts, "left": left - 1}, True
    since = datetime.fromisoformat(counts["since"]) if "since" in counts else rang
    return when.after(rang, since, _zone(move, token.instance.graph.nodes[token.node], when))


def happened(move: Moving, tokens: Sequence[Token]) -> None:
    """What tokens waited or listened for has happened."""
    going = []
    for token in tokens:
        node = token.instance.graph.nodes[token.node]
        if token.gone:
            continue
        if token.state != LISTENING:
            going.append(token)
        elif token.parent is None:
            start_part(move, token.instance, token.scope, token.node, like=token)
        elif node.host:
            _at_border(move, node, token, token.parent)
        else:
            _won(move, token, token.parent)
    go_on(move, going)


def _stand(token: Token, like: Token) -> None:
    """A token that listened stands for itself now."""
    token.state, token.parent, token.signal, token.counts, token.changed = "ready", None, "", None, True
    token.moves, token.outcome = like.moves, like.outcome
    token.home.live += 1


def _won(move: Moving, token: Token, gate: Token) -> None:
    """The first event after an event-based gateway: the others listen no more."""
    gate.ears.remove(token)
    _stand(token, gate)
    token.instance.path.append(token.came_by)
    move.drop(gate)
    go_on(move, [token])


def _at_border(move: Moving, node: Node, token: Token, host: Token) -> None:
    """An event at the border of an activity: it stops the activity, or a new token goes on beside it."""
    if not node.stops:
        move.leave(move.add(token.instance, token.node, token.scope, like=host), node.ways)
        return
    host.ears.remove(token)
    _stand(token, host)
    interrupt(move, host)
    move.leave(token, node.ways)


def throw(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Give a signal, tell a message, escalate or throw an error, then go on or end."""
    does = node.does
    if not isinstance(does, Throw):
        return
    hearing = _hearing(move, does) if does.kind == "signal" else []
    for token in tokens:
        if token.gone:
            continue
        match does.kind:
            case "message":
                move.stock.told.append((token.instance, does.name))
            case "signal":
                move.stock.signals.append((token.instance, does.name))
                happened(move, [one for one in hearing if one.signal == does.name])
            case "escalation":
                escalate(move, token, does.name)
            case "error":
                if not fail(move, token, does.name):
                    _give_up(move, token, does.name)
        if token.gone:
            continue
        if does.ends:
            move.drop(token)
            settle(move, token)
        else:
            go_on(move, [token])


def _hearing(move: Moving, does: Throw) -> list[Token]:
    return [
        token
        for instance in move.stock.instances.values()
        for token in instance.tokens
        if token.signal == does.name and not token.gone
    ]


def fail(move: Moving, token: Token, code: str) -> bool:
    """Let an error of a token be caught by its own border, or by the nearest scope or border around; False when nobody does."""
    found = _catcher(token, "errors", code)
    if found is None:
        return False
    catcher, host = found
    if isinstance(host, Token):
        own = host is token
        going = token if own else move.add(host.instance, catcher.id, host.scope, like=token)
        _carry(token, going, code)
        if own:
            for ear in token.ears:
                move.drop(ear)
            token.ears, token.node, token.counts = [], catcher.id, None
        else:
            interrupt(move, host)
        move.leave(going, catcher.ways)
    else:
        _carry(token, token, code)
        start_part(move, host[0], host[1], catcher.id, like=token)
    return True


def escalate(move: Moving, token: Token, code: str) -> None:
    """An escalation goes to the nearest who catches it; where nobody does, nothing happens (clause 10.5.1)."""
    found = _catcher(token, "escalations", code)
    if found is None:
        return
    catcher, host = found
    if isinstance(host, Token):
        going = move.add(host.instance, catcher.id, host.scope, like=token)
        _carry(token, going, code)
        if catcher.stops:
            interrupt(move, host)
        move.leave(going, catcher.ways)
    else:
        start_part(move, host[0], host[1], catcher.id, like=token)


def _carry(token: Token, to: Token, code: str) -> None:
    """The code goes on with the one who catches it; the next work item says why it came."""
    to.reason, to.reason_code, to.reason_by = token.reason, token.reason_code or code, None


def _give_up(move: Moving, token: Token, code: str) -> None:
    """Nobody catches the error of an end event: the whole process ends (clause 10.5.3 leaves this to the engine)."""
    top = token.instance
    while top.caller is not None:
        top = top.caller.instance
    move.halt(top, "ended")
    move.stock.failed[top.id] = code


Catcher = tuple[Node, "Token | tuple[Instance, Token | None]"]


def _catcher(token: Token, kind: str, code: str) -> Catcher | None:
    """Who catches a code, from the inside out: the border of the activity, the event sub-processes beside it, the activity around
    that, up through called maps. With the activity, or with the instance and scope where an event sub-process starts."""
    at = token
    while True:
        graph = at.instance.graph
        node = graph.nodes[at.node]
        border = _by_code(node.around, kind, code)
        if border and not (at.inner and node.around and node.around.repeat):
            return graph.nodes[border], at
        if not at.inner:
            inside = graph.inside[at.scope.node if at.scope else ""]
            start = _by_code(inside, kind, code)
            if start and at.node not in inside.parts:
                return graph.nodes[start], (at.instance, at.scope)
        above = at.scope or at.instance.caller
        if above is None:
            return None
        at = above


def _by_code(place: Around | Inside | None, kind: str, code: str) -> str:
    caught: Mapping[str, str] | None = getattr(place, kind, None)
    return (caught.get(code) or caught.get("") or "") if caught else ""
