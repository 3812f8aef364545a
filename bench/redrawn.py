"""A map as SpiffWorkflow reads it: the same elements and flows, with what each does on our side said in its words.

Work of a person stays a user task. Automatic steps do nothing on either side and become scripts that do nothing. What is waited for,
times too, becomes a message or a signal of a name; nobody waits for a clock. A condition becomes the name of its flow, which is asked
of the recorded way (bench/spiff.py).
"""

from typing import Any

from lxml import etree

from .drawings import BPMN

TASKS = {
    f"{BPMN}{kind}" for kind in ("task", "manualTask", "serviceTask", "sendTask", "scriptTask", "businessRuleTask")
}
FLOW = "flow: "


def flow_name(key: str, flow: str) -> str:
    """What the condition of a flow is called where several maps are read together."""
    return f"{FLOW}{key}/{flow}"


def ring_name(node: str) -> str:
    """The message that stands for a timer that rings."""
    return f"time of {node}"


def redrawn(xml: str, graph: Any) -> etree._Element:
    """The drawing of a compiled map (`graph`) for SpiffWorkflow. What that cannot read is left as it is: its parser tells."""
    root = etree.fromstring(xml.encode())
    for told in list(root.iter(f"{BPMN}extensionElements")):
        parent = told.getparent()
        assert parent is not None
        parent.remove(told)
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        for asked in flow.iter(f"{BPMN}conditionExpression"):
            asked.text = flow_name(graph.key, flow.get("id") or "")
    elements = {element.get("id"): element for element in root.iter() if element.get("id")}
    begun_by = {node: name for name, node in graph.starts.items()}
    for id, node in graph.nodes.items():
        if id in elements:
            _say(root, elements[id], node, begun_by.get(id, ""))
    return root


def _say(root: etree._Element, element: etree._Element, node: Any, begun_by: str) -> None:
    """What a node does, in the words of the other engine."""
    from orderway.workflow.graph import Decide, Hear, Pass, Pause, Script, Step, Throw, Wait, Work

    does = node.does
    if isinstance(does, Work):
        element.tag = f"{BPMN}userTask"
    elif element.tag in TASKS and isinstance(does, Pass | Step | Script | Decide):
        _silence(element)
    elif isinstance(does, Wait):
        _event(root, element, "message", does.event)
    elif isinstance(does, Pause):
        _event(root, element, "message", ring_name(node.id))
    elif isinstance(does, Hear):
        _event(root, element, "signal", does.signal)
    elif isinstance(does, Throw) and does.kind in ("message", "signal"):
        _event(root, element, does.kind, does.name)
    elif begun_by:
        _event(root, element, "message", begun_by)


def _silence(element: etree._Element) -> None:
    element.tag = f"{BPMN}scriptTask"
    for script in element.findall(f"{BPMN}script"):
        element.remove(script)
    etree.SubElement(element, f"{BPMN}script").text = "pass"


def _event(root: etree._Element, element: etree._Element, kind: str, name: str) -> None:
    """Let an event, or a task that receives or sends, be about a message or signal of this name."""
    id = f"{kind} {name}"
    etree.SubElement(root, f"{BPMN}{kind}", {"id": id, "name": name})
    definition = next((one for one in element if str(one.tag).endswith("EventDefinition")), None)
    if definition is None:
        element.set("messageRef", id)
        return
    definition.tag = f"{BPMN}{kind}EventDefinition"
    for part in list(definition):
        definition.remove(part)
    for about in [name for name in definition.attrib if str(name).endswith("Ref")]:
        del definition.attrib[about]
    definition.set(f"{kind}Ref", id)
