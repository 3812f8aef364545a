"""What maps of other houses leave open for our engine is filled in, so that any drawing can be measured: conditions in another
language or about facts that nobody here has, calls of maps that are not there, messages without a name.

A decision that cannot be asked here is answered once for all, with the way that is shortest to an end: the engine asks it all the same.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from lxml import etree

from .drawings import BPMN, NOTHING, OURS, Drawing, draw, shipped

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
FORMAL = "bpmn:tFormalExpression"
MESSAGE = f"{BPMN}messageEventDefinition"


def settled(drawing: Drawing) -> Drawing:
    """The drawing with everything filled in that our compiler complains of and a bench may answer; it tells the rest at publish."""
    from orderway.workflow.problems import ERROR
    from orderway.workflow.published import compile_xml

    known = {drawing.key, *(draw(file).key for file in shipped())}
    problems = [one for one in compile_xml(drawing.xml, known).problems if one.level == ERROR]
    root = etree.fromstring(drawing.xml.encode())
    elements = {one.get("id"): one for one in root.iter() if one.get("id")}
    fill = {**FILL, "no-condition": partial(_answer, root), "condition": partial(_answer, root)}
    fill["language"] = fill["condition"]
    for problem in problems:
        if problem.code in fill and problem.element in elements:
            fill[problem.code](elements[problem.element])
    return replace(drawing, xml=etree.tostring(root, encoding="unicode"), calls=drawing.calls & known)


def _answer(root: etree._Element, element: etree._Element) -> None:
    """Let the decision from which this flow leaves, or this decision itself, always go the shortest way to an end."""
    gateway = element.get("sourceRef") or element.get("id")
    default = next((one.get("default") for one in root.iter() if one.get("id") == gateway), None)
    ends = _steps_to_an_end(root)
    flows = list(root.iter(f"{BPMN}sequenceFlow"))
    asked = [one for one in flows if one.get("sourceRef") == gateway and one.get("id") != default]
    best = min(asked, key=lambda one: ends.get(one.get("targetRef"), len(flows)))
    for flow in asked:
        for old in flow.findall(f"{BPMN}conditionExpression"):
            flow.remove(old)
        etree.SubElement(flow, f"{BPMN}conditionExpression", {XSI_TYPE: FORMAL}).text = str(flow is best).lower()


def _steps_to_an_end(root: etree._Element) -> Mapping[str | None, int]:
    """How many flows lie between each element and the nearest end that is to be reached from it."""
    flows = list(root.iter(f"{BPMN}sequenceFlow"))
    found = {one.get("id"): 0 for one in root.iter(f"{BPMN}endEvent")}
    waiting = deque(found)
    while waiting:
        reached = waiting.popleft()
        for before in (one.get("sourceRef") for one in flows if one.get("targetRef") == reached):
            if before not in found:
                found[before] = found[reached] + 1
                waiting.append(before)
    return found


def _as_step(element: etree._Element) -> None:
    """A call of a map that is not there, or a sub-process with nothing in it, is a step."""
    element.tag = f"{BPMN}serviceTask"
    element.attrib.pop("calledElement", None)
    element.set(f"{OURS}command", NOTHING)


def _empty_as_step(element: etree._Element) -> None:
    if element.tag == f"{BPMN}subProcess" and element.find(f"{BPMN}sequenceFlow") is None:
        _as_step(element)


def _named(element: etree._Element) -> None:
    """What waits for a message, waits for one that is called after it."""
    name = element.get("id") or ""
    message = {"id": f"message_of_{name}", "name": name}
    etree.SubElement(element.getroottree().getroot(), f"{BPMN}message", message)
    for one in (element, *element.findall(MESSAGE)):
        if one.tag in (MESSAGE, f"{BPMN}receiveTask"):
            one.set("messageRef", message["id"])


FILL: Mapping[str, Callable[[etree._Element], None]] = {
    "unknown-map": _as_step,
    "no-map": _as_step,
    "no-start": _empty_as_step,
    "no-event": _named,
}
