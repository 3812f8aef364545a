"""Conditions on the flows that leave a step: the drawing with the inclusive gateway that such a step stands for.

BPMN 2.0.2 (formal/13-12-09), clauses 8.4.13 and 10.3: each flow whose condition is true is taken, the default where none is, and the
flows without a condition always. That is an inclusive gateway behind the step (clause 13.4.3); nobody drew it, so no XML id is its.
What stands there is shown at the step.
"""

from collections.abc import Collection
from dataclasses import replace

from .drawn import Element, Flow, Label, Process

BEHIND, INTO = "⋄", "→⋄"


def spelt_out(process: Process, activities: Collection[str]) -> tuple[Process, frozenset[str]]:
    """A process with an inclusive gateway behind each of the kinds `activities` that a condition leaves; and the flows out of these that
    are always taken."""
    asked = {flow.source for flow in process.flows if flow.condition}
    steps = {one.id: one for one in process.elements if one.id in asked and one.kind in activities}
    if not steps:
        return process, frozenset()
    plain = [flow for flow in process.flows if flow.source in steps and not flow.condition]
    always = frozenset(flow.id for flow in plain if flow.id != steps[flow.source].default)
    elements: list[Element] = []
    flows = [replace(flow, source=flow.source + BEHIND) if flow.source in steps else flow for flow in process.flows]
    for one in process.elements:
        if one.id not in steps:
            elements.append(one)
            continue
        behind = one.id + BEHIND
        gateway = Element(behind, "inclusiveGateway", one.label, one.line, one.parent, default=one.default)
        elements += [replace(one, default=""), gateway]
        flows.append(Flow(one.id + INTO, Label(), one.id, behind, "", one.line))
    return replace(process, elements=tuple(elements), flows=tuple(flows)), always
