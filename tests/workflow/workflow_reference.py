"""A slow, plain reading of BPMN 2.0.2 clause 13: one instance, one token, one step at a time, over the XML itself."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{https://orderway.org/bpmn/1}"


class Drawing:
    """The nodes and flows of the one process of a file, as plain dictionaries."""

    def __init__(self, xml: str) -> None:
        root = ET.fromstring(xml)  # noqa: S314 - drawn by the test itself
        self.process = next(iter(root.iter(f"{BPMN}process")))
        self.nodes = {e.get("id", ""): e for e in self.process if e.tag != f"{BPMN}sequenceFlow"}
        self.flows = {e.get("id", ""): e for e in self.process.iter(f"{BPMN}sequenceFlow")}
        self.codes = {e.get("id", ""): e.get("errorCode", "") for e in root.iter(f"{BPMN}error")}
        self.key = self.process.get("id", "")

    def kind(self, node: str) -> str:
        return self.nodes[node].tag.removeprefix(BPMN)

    def out(self, node: str) -> list[str]:
        return [id for id, flow in self.flows.items() if flow.get("sourceRef") == node]

    def into(self, node: str) -> list[str]:
        return [id for id, flow in self.flows.items() if flow.get("targetRef") == node]

    def target(self, flow: str) -> str:
        return self.flows[flow].get("targetRef", "")

    def condition(self, flow: str) -> str:
        return self.flows[flow].findtext(f"{BPMN}conditionExpression") or ""


@dataclass
class Run:
    """One map at work: tokens are [node, flow it came by, outcome, state]."""

    drawing: Drawing
    caller: "tuple[Run, list[Any]] | None" = None
    tokens: list[list[Any]] = field(default_factory=list)


@dataclass
class Subject:
    """One subject with its row of facts, its log, and all it has gone through."""

    facts: Mapping[str, Any]
    maps: Mapping[str, Drawing]
    runs: list[Run] = field(default_factory=list)
    log: Counter[str] = field(default_factory=Counter)
    path: Counter[str] = field(default_factory=Counter)
    arrived: Counter[str] = field(default_factory=Counter)

    def start(self, key: str, caller: "tuple[Run, list[Any]] | None" = None) -> None:
        run = Run(self.maps[key], caller)
        self.runs.append(run)
        start = next(node for node in run.drawing.nodes if run.drawing.kind(node) == "startEvent")
        self.leave(run, ["", "", "", ""], start)

    def leave(self, run: Run, token: list[Any], node: str, flows: list[str] | None = None) -> None:
        """A token for each flow out, one after the other."""
        for flow in run.drawing.out(node) if flows is None else flows:
            self.path[flow] += 1
            self.enter(run, [run.drawing.target(flow), flow, token[2], "waiting"])

    def enter(self, run: Run, token: list[Any]) -> None:
        node, drawing = token[0], run.drawing
        element = drawing.nodes[node]
        match drawing.kind(node):
            case "endEvent":
                self.ended(run)
            case "serviceTask":
                self.step(run, token, element.get(f"{OURS}command", "").removeprefix("tests."))
            case "exclusiveGateway":
                self.choose(run, token)
            case "parallelGateway":
                self.join(run, token)
            case "intermediateThrowEvent":
                self.leave(run, token, node)
            case "callActivity":
                run.tokens.append(token)
                self.start(element.get("calledElement", ""), (run, token))
            case "intermediateCatchEvent" if self.arrived[element.get(f"{OURS}arrive", "")]:
                self.arrived[element.get(f"{OURS}arrive", "")] = 0
                self.leave(run, token, node)
            case _:
                run.tokens.append(token)

    def ended(self, run: Run) -> None:
        # a sibling branch may not have been followed yet, so only an empty instance that nothing else feeds has ended
        run.tokens.append(["", "", "", "end"])

    def settle(self) -> None:
        """End what has ended, innermost first, and let the callers go on."""
        for run in reversed(list(self.runs)):
            if run.tokens and all(token[3] == "end" for token in run.tokens):
                self.runs.remove(run)
                if run.caller:
                    outer, token = run.caller
                    outer.tokens.remove(token)
                    self.leave(outer, token, token[0])
                self.settle()
                return

    def step(self, run: Run, token: list[Any], name: str) -> None:
        if name not in self.facts["refuses"]:
            self.log[name] += 1
            self.leave(run, token, token[0])
            return
        for border, element in run.drawing.nodes.items():
            if element.get("attachedToRef") == token[0]:
                event = element.find(f"{BPMN}errorEventDefinition")
                if event is not None and run.drawing.codes[event.get("errorRef", "")] == f"no-{name}":
                    self.leave(run, token, border)
                    return
        token[3] = "stuck"
        run.tokens.append(token)

    def choose(self, run: Run, token: list[Any]) -> None:
        default = run.drawing.nodes[token[0]].get("default") or run.drawing.out(token[0])[0]
        for flow in run.drawing.out(token[0]):
            condition = run.drawing.condition(flow)
            if condition and self.true(condition, token[2]):
                return self.leave(run, token, token[0], [flow])
        return self.leave(run, token, token[0], [default])

    def true(self, condition: str, outcome: str) -> bool:
        if condition == "flag":
            return bool(self.facts["flag"])
        if found := re.fullmatch(r"total > (\d+)", condition):
            return self.facts["total"] is not None and self.facts["total"] > Decimal(found[1])
        found = re.fullmatch(r'outcome = "(\w+)"', condition)
        assert found, condition
        return outcome == found[1]

    def join(self, run: Run, token: list[Any]) -> None:
        into = run.drawing.into(token[0])
        if len(into) == 1:
            self.leave(run, token, token[0])
            return
        token[3] = "joining"
        run.tokens.append(token)
        here = [one for one in run.tokens if one[0] == token[0] and one[3] == "joining"]
        if {one[1] for one in here} == set(into):
            for flow in into:
                run.tokens.remove(next(one for one in here if one[1] == flow))
            self.leave(run, ["", "", "", ""], token[0])

    def standing(self) -> list[tuple[str, str]]:
        return sorted((t[0], t[3]) for run in self.runs for t in run.tokens if t[3] != "end")

    def decide(self, node: str, outcome: str) -> None:
        """A person finishes the work item at a node."""
        for run in self.runs:
            for token in run.tokens:
                if token[0] == node and run.drawing.kind(node) == "userTask":
                    run.tokens.remove(token)
                    token[2] = outcome
                    self.leave(run, token, node)
                    self.settle()
                    return

    def tell(self, event: str) -> None:
        """Something arrives; one waiting token takes it, else it is kept."""
        self.arrived[event] += 1
        for run in self.runs:
            for token in run.tokens:
                if token[3] == "waiting" and run.drawing.nodes[token[0]].get(f"{OURS}arrive") == event:
                    self.arrived[event] = 0
                    run.tokens.remove(token)
                    self.leave(run, token, token[0])
                    self.settle()
                    return
