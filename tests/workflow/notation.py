"""A line notation for maps, so that 150 of them are pleasant to read; and the BPMN XML that it stands for.

(s) -> [pack] -> <x how> -[total > 10]-> {check: yes no} -> (e)      a chain; an id means the same element everywhere
<x how> -/-> (e)                                                     a default flow

(s) (e) (e: terminate) (e: error E1)     start and end events; what they are is said once
((w: message paid)) ((t: throw signal x))  intermediate events
[a] [a: send m] [a: receive m] [a: script done = total > 5] [a: rule credit] [a: manual] [a: call inner]
{w} {w: yes no}                          a work item with its outcomes
<x g> <+ g> <o g> <* g>                  exclusive, parallel, inclusive, event-based
[a | 3] [a | 3 in turn] {w: yes no | 3 until count_yes >= 2} [a | while total < 3 at most 5] [a | first while flag]
sub pack:                                a sub-process with the indented lines below (also `sub pack | 3:`)
on error E1 as fix:                      an event sub-process, `on~` one that does not interrupt; its start is (s)
pack @ timer PT1H -> [late] -> (e)       an event at the border, `@~` one that does not interrupt
a @ undo -> [b]                          a compensation event and its activity
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

ARROW = re.compile(r"\s+(?:-\[(.+?)\]|-(/))?->\s+")
GATES = {"x": "exclusiveGateway", "+": "parallelGateway", "o": "inclusiveGateway", "*": "eventBasedGateway"}
TASKS = {"send": "sendTask", "receive": "receiveTask", "script": "scriptTask", "rule": "businessRuleTask", "call": "callActivity",
         "manual": "manualTask", "service": "serviceTask", "task": "task"}  # fmt: skip


@dataclass
class Drawn:
    """One element: its XML kind, what it says beside, its loop marker, and for a scope what stands in it."""

    id: str
    kind: str
    says: str = ""
    loop: str = ""
    host: str = ""
    gentle: bool = False
    inside: "Scope | None" = None


@dataclass
class Scope:
    """A process or sub-process: its elements and flows (source, target, condition, default?)."""

    elements: dict[str, Drawn] = field(default_factory=dict)
    flows: list[tuple[str, str, str, bool]] = field(default_factory=list)
    undone: list[tuple[str, str]] = field(default_factory=list)


def read_scope(lines: list[str]) -> Scope:
    """The scope that these lines draw."""
    scope = Scope()
    blocks = list(_blocks(lines))
    for head, inner in blocks:
        if inner is not None:
            scope.elements.update({one.id: one for one in _block(head, inner)})
    for head, inner in blocks:
        if inner is None:
            _chain(scope, head)
    for element in scope.elements.values():
        if element.kind == "event":
            into = any(target == element.id for _, target, *_ in scope.flows)
            element.kind = "endEvent" if into else "startEvent"
    return scope


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str] | None]]:
    at = 0
    while at < len(lines):
        head = lines[at]
        at += 1
        if not head.startswith(("sub ", "on ", "on~ ")):
            yield head.strip(), None
            continue
        inner = []
        while at < len(lines) and lines[at].startswith("  "):
            inner.append(lines[at][2:])
            at += 1
        yield head.rstrip(":"), inner


def _block(head: str, lines: list[str]) -> Iterator[Drawn]:
    inside = read_scope(lines)
    if head.startswith("sub "):
        name, _, loop = (part.strip() for part in head[4:].partition("|"))
        yield Drawn(name, "subProcess", loop=loop, inside=inside)
        return
    gentle = head.startswith("on~")
    says, _, name = head[3 + gentle :].strip().partition(" as ")
    start = next(one for one in inside.elements.values() if one.kind == "startEvent")
    start.says, start.gentle = says, gentle
    yield Drawn(name, "eventSubProcess", inside=inside)


def _chain(scope: Scope, line: str) -> None:
    parts = ARROW.split(line)
    nodes, source = parts[::3], ""
    for at, node in enumerate(nodes):
        target = _node(scope, node.strip())
        if at:
            condition, default = parts[3 * at - 2], parts[3 * at - 1]
            if scope.elements[source].says == "undo" and scope.elements[source].host:
                scope.undone.append((source, target))
                scope.elements[target].gentle = True
            else:
                scope.flows.append((source, target, condition or "", bool(default)))
        source = target


def _node(scope: Scope, text: str) -> str:
    if found := re.fullmatch(r"(\w+) @(~)? (.+)", text):
        host, gentle, says = found.groups()
        id = f"{host}_{says.split()[0]}_{len(scope.elements)}"
        scope.elements[id] = Drawn(id, "boundaryEvent", says, host=host, gentle=bool(gentle))
        return id
    kinds = {"((": "intermediate", "(": "event", "[": "task", "{": "userTask", "<": "gate"}
    opening = "((" if text.startswith("((") else text[0]
    body = text[len(opening) : -len(opening)]
    if opening == "<":
        sign, _, id = body.partition(" ")
        return scope.elements.setdefault(id, Drawn(id, GATES[sign])).id
    body, _, loop = (part.strip() for part in body.partition("|"))
    id, _, says = (part.strip() for part in body.partition(":"))
    kind = kinds[opening]
    if kind == "task":
        word, _, rest = says.partition(" ")
        kind, says = TASKS[word or "service"], rest
    if kind == "intermediate":
        kind = "intermediateThrowEvent" if says.startswith("throw ") or not says else "intermediateCatchEvent"
        says = says.removeprefix("throw ")
    known = scope.elements.get(id)
    if known is None:
        scope.elements[id] = Drawn(id, kind, says, loop)
    elif says or loop:
        known.says, known.loop = says or known.says, loop or known.loop
    return id


def all_elements(scope: Scope) -> Iterator[tuple[Scope, Drawn]]:
    """Every element with the scope it stands in, inside out."""
    for element in scope.elements.values():
        if element.inside:
            yield from all_elements(element.inside)
        yield scope, element


@dataclass(frozen=True)
class Rounds:
    """A loop marker taken apart."""

    kind: str
    count: str
    condition: str
    before: bool


def rounds(loop: str) -> Rounds:
    """`3`, `3 in turn`, `3 until x > 1`, `while flag`, `first while flag at most 3`."""
    if found := re.fullmatch(r"(first )?while (.+?)(?: at most (\d+))?", loop):
        return Rounds("loop", found[3] or "", found[2], bool(found[1]))
    found = re.fullmatch(r"(at most )?(\w+)( in turn)?(?: until (.+))?", loop)
    assert found, loop
    kind = "loop" if found[1] else "sequential" if found[3] else "parallel"
    return Rounds(kind, found[2], found[4] or "", False)


HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
CODES = {"error": "errorCode", "escalation": "escalationCode", "signal": "name", "message": "name"}


class Writer:
    """Writes a scope as BPMN XML for Orderway. `prefix` keeps signals of one map from being heard by another's."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.named: dict[tuple[str, str], str] = {}

    def map(self, key: str, scope: Scope) -> str:
        body = self.scope(scope)
        roots = "".join(
            f'<{kind} id="{id}" {CODES[kind]}={quoteattr(self._name(kind, name))}/>'
            for (kind, name), id in self.named.items()
        )
        return f'{HEAD}{roots}<process id="{key}" name="{key}" isExecutable="true" o:subject="trial">{body}</process></definitions>'

    def _name(self, kind: str, name: str) -> str:
        return f"{self.prefix}.{name}" if kind == "signal" else name

    def scope(self, scope: Scope) -> str:
        defaults = {source: f"f{id(scope)}_{at}" for at, (source, _, _, default) in enumerate(scope.flows) if default}
        parts = [self.element(one, defaults.get(one.id, "")) for one in scope.elements.values()]
        for at, (source, target, condition, _) in enumerate(scope.flows):
            asked = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition else ""
            ends = f'sourceRef="{source}" targetRef="{target}"'
            parts.append(f'<sequenceFlow id="f{id(scope)}_{at}" {ends}>{asked}</sequenceFlow>')
        parts += [
            f'<association id="{source}.{target}" sourceRef="{source}" targetRef="{target}"/>'
            for source, target in scope.undone
        ]
        return "".join(parts)

    def element(self, one: Drawn, default: str) -> str:
        kind = "subProcess" if one.kind == "eventSubProcess" else one.kind
        more = f' default="{default}"' if default else ""
        inner = self.loop(one.loop) if one.loop else ""
        if one.kind == "eventSubProcess":
            more += ' triggeredByEvent="true"'
        if one.inside:
            inner += self.scope(one.inside)
        if one.kind.endswith("Event"):
            more, inner = self.event(one)
        elif one.kind.endswith(("Task", "Activity")):
            extra, body = self.task(one)
            more, inner = more + extra, body + inner
        if one.gentle and not one.kind.endswith("Event"):
            more += ' isForCompensation="true"'
        return f'<{kind} id="{one.id}" name="{one.id}"{more}>{inner}</{kind}>'

    def task(self, one: Drawn) -> tuple[str, str]:
        if one.kind in ("serviceTask", "businessRuleTask") and not one.says:
            note = f'<extensionElements><o:argument name="words" value="{one.id}"/></extensionElements>'
            return ' o:command="tests.write_down"', note
        if one.kind == "userTask":
            said = "".join(f'<o:outcome name="{name}" label="{name}"/>' for name in one.says.split())
            return ' o:role="manager" o:due="P1D"', f"<extensionElements>{said}</extensionElements>"
        if one.kind == "scriptTask":
            name, _, text = one.says.partition(" = ")
            return f' o:result="{name}"', f"<script>{escape(text)}</script>"
        if one.kind == "callActivity":
            return f' calledElement="{self.prefix}_{one.says}"', ""
        if one.kind == "businessRuleTask":
            return f' o:decision="{one.says}"', ""
        if one.kind in ("sendTask", "receiveTask"):
            return f' messageRef="{self.root("message", one.says)}"', ""
        return "", ""

    def root(self, kind: str, name: str) -> str:
        clean = re.sub(r"\W", "_", name)
        return self.named.setdefault((kind, name), f"root_{kind}_{clean}")

    def event(self, one: Drawn) -> tuple[str, str]:
        more = f' attachedToRef="{one.host}"' if one.host else ""
        if one.gentle:
            more += ' isInterrupting="false"' if one.kind == "startEvent" else ' cancelActivity="false"'
        kind, _, name = one.says.partition(" ")
        if not kind:
            return more, ""
        if kind == "undo":
            named = f' activityRef="{name}"' if name else ""
            return more, f"<compensateEventDefinition{named}/>"
        if kind == "timer":
            tag = "timeCycle" if name.startswith("R") else "timeDuration" if name.startswith("P") else "timeDate"
            return more, f"<timerEventDefinition><{tag}>{name}</{tag}></timerEventDefinition>"
        if kind == "link":
            return more, f'<linkEventDefinition name="{name}"/>'
        if kind == "terminate":
            return more, "<terminateEventDefinition/>"
        named = f' {kind}Ref="{self.root(kind, name)}"' if name else ""
        return more, f"<{kind}EventDefinition{named}/>"

    def loop(self, loop: str) -> str:
        said = rounds(loop)
        if said.kind == "loop":
            most = f' loopMaximum="{said.count}"' if said.count else ""
            before = ' testBefore="true"' if said.before else ""
            asked = f"<loopCondition>{escape(said.condition)}</loopCondition>" if said.condition else ""
            return f"<standardLoopCharacteristics{most}{before}>{asked}</standardLoopCharacteristics>"
        turn = ' isSequential="true"' if said.kind == "sequential" else ""
        until = f"<completionCondition>{escape(said.condition)}</completionCondition>" if said.condition else ""
        return (
            f"<multiInstanceLoopCharacteristics{turn}><loopCardinality>{said.count}</loopCardinality>{until}"
            "</multiInstanceLoopCharacteristics>"
        )
