"""BPMN 2.0 XML read into plain values that keep the ids of the file. Nothing is judged here: what cannot run is kept and told later.

Source: OMG BPMN 2.0.2 (formal/13-12-09), clause 15 "Exchange formats". What the standard leaves to the engine stands in one namespace,
`https://orderway.org/bpmn/1`, described for other tools by orderway.moddle.json beside this file.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from .care import read_care
from .drawn import (
    NO_LABELS,
    Argument,
    Check,
    Element,
    Field,
    Flow,
    Label,
    Lane,
    Loop,
    Outcome,
    Process,
    Trigger,
)

__all__ = [
    "Argument",
    "Check",
    "Element",
    "Field",
    "Flow",
    "Label",
    "Lane",
    "NotBpmn",
    "Outcome",
    "Process",
    "read_map",
]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{https://orderway.org/bpmn/1}"
LARGEST = 5_000_000
_TRUE = ("true", "1")
Places = Mapping[str, etree._Element]
_NO_NODES = frozenset(
    {"sequenceFlow", "laneSet", "extensionElements", "documentation", "ioSpecification", "property", "dataObject",
     "dataObjectReference", "dataStoreReference", "textAnnotation", "association", "group", "auditing", "monitoring",
     "incoming", "outgoing", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "dataInputAssociation",
     "dataOutputAssociation", "category", "resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering",
     "supportedInterfaceRef", "correlationSubscription", "artifact", "supports", "ioBinding", "completionCondition"}
)  # fmt: skip


class NotBpmn(ValueError):
    """The bytes are no BPMN 2.0 XML; says why and, where known, the line."""


def read_map(xml: bytes) -> tuple[Process, ...]:
    """The processes of a BPMN file in file order; raises NotBpmn for other bytes, doubled ids and anything with a DTD."""
    root = _root(xml)
    places: dict[str, etree._Element] = {}
    for element in root.iter(f"{BPMN}*"):
        identity = element.get("id")
        if identity is None:
            continue
        if identity in places:
            raise NotBpmn(_("line %(line)s: the id %(id)s is used twice") % {"line": _line(element), "id": identity})
        places[identity] = element
    processes = tuple(_process(element, places) for element in root.iterchildren(f"{BPMN}process"))
    if not processes:
        raise NotBpmn(_("there is no process in it"))
    return processes


_ENCODING = re.compile(r"""(\A\s*<\?xml[^>]*?encoding\s*=\s*["'])[^"']+(["'])""")


def as_utf8(text: str) -> str:
    """A file as text whose declaration says UTF-8, as which it is kept and given out; nothing else changes."""
    return _ENCODING.sub(r"\1UTF-8\2", text.removeprefix("\ufeff"), count=1)


def read_tree(xml: bytes) -> etree._Element:
    """The XML tree of a BPMN file; raises NotBpmn for other bytes and anything with a DTD."""
    return _root(xml)


def _root(xml: bytes) -> etree._Element:
    if len(xml) > LARGEST:
        raise NotBpmn(_("it is larger than %(most)s MB") % {"most": LARGEST // 1_000_000})
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotBpmn(
            _("it is no XML that can be read (%(error)s); export it again as BPMN 2.0") % {"error": error}
        ) from None
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise NotBpmn(_("it holds a document type declaration (DOCTYPE), which could read other files; take it out"))
    if root.tag != f"{BPMN}definitions":
        raise NotBpmn(
            _("it is no BPMN 2.0 but begins with %(root)s; export it as BPMN 2.0")
            % {"root": etree.QName(root).localname}
        )
    return root


def _process(process: etree._Element, places: Places) -> Process:
    return Process(
        id=_id(process),
        label=_label(process),
        subject=process.get(f"{OURS}subject", ""),
        executable=_runs(process),
        elements=tuple(_elements(process, "", places, _runs(process))),
        flows=tuple(_flows(process)),
        lanes=tuple(_lane(lane) for lane in process.iter(f"{BPMN}lane")),
        undone_by=_undone_by(process),
        care=read_care(process, _ours(process)),
    )


def _runs(process: etree._Element) -> bool:
    return process.get("isExecutable") in _TRUE


def _undone_by(process: etree._Element) -> Mapping[str, str]:
    """The compensation activity by the boundary event it is associated with (clause 10.7.2)."""
    ends = [
        (_local(one.get("sourceRef", "")), _local(one.get("targetRef", "")))
        for one in process.iter(f"{BPMN}association")
    ]
    undoes = {e.get("id") for e in process.iter(f"{BPMN}*") if e.get("isForCompensation") in _TRUE}
    return {source: target for source, target in ends if target in undoes}


def _elements(container: etree._Element, parent: str, places: Places, runs: bool) -> Iterator[Element]:
    for child in container.iterchildren(f"{BPMN}*"):
        kind = etree.QName(child).localname
        if kind in _NO_NODES or not (runs or child.get("id")):
            continue  # in a process that is only drawn a node may go without an id
        element = _element(child, kind, parent, places)
        yield element
        if kind in ("subProcess", "transaction", "adHocSubProcess"):
            yield from _elements(child, element.id, places, runs)


def _outcome(of: etree._Element) -> Outcome:
    return Outcome(of.get("name", ""), _label(of, "label"), of.get("sendsBack") == "true")


def _element(node: etree._Element, kind: str, parent: str, places: Places) -> Element:
    ours = _ours(node)
    texts = {text.get("lang", ""): (text.text or "").strip() for text in _named_so(ours, "instruction")}
    return Element(
        id=_id(node),
        kind=kind,
        label=_label(node),
        line=_line(node),
        parent=parent,
        loop=_loop(node),
        default=node.get("default", ""),
        trigger=_trigger(node, places),
        attached_to=_local(node.get("attachedToRef", "")),
        interrupting=node.get("isInterrupting" if kind == "startEvent" else "cancelActivity", "true") in _TRUE,
        by_event=node.get("triggeredByEvent") in _TRUE,
        undoes=node.get("isForCompensation") in _TRUE,
        begins=node.get("instantiate") in _TRUE,
        command=node.get(f"{OURS}command", ""),
        script=_expression(node.find(f"{BPMN}script")),
        language=_language(node.get("scriptFormat", "")),
        odd=_odd(node),
        result=node.get(f"{OURS}result", ""),
        decision=node.get(f"{OURS}decision", ""),
        arguments=tuple(_argument(a) for a in _named_so(ours, "argument")),
        arrive=node.get(f"{OURS}arrive", ""),
        called=_local(node.get("calledElement", "")),
        role=node.get(f"{OURS}role", ""),
        due=node.get(f"{OURS}due", ""),
        same_as=node.get(f"{OURS}sameAs", ""),
        holds=node.get(f"{OURS}holds", ""),
        assignment=node.get(f"{OURS}assignment", ""),
        instruction=Label(texts.pop("", ""), texts),
        fields=tuple(_field(f) for f in _named_so(ours, "field")),
        checks=tuple(Check(c.get("name", ""), _label(c, "label")) for c in _named_so(ours, "check")),
        care=read_care(node, ours),
        outcomes=tuple(_outcome(o) for o in _named_so(ours, "outcome")),
    )


def _ours(node: etree._Element) -> list[etree._Element]:
    """The elements of our namespace that an element carries."""
    inside = node.find(f"{BPMN}extensionElements")
    return list(inside.iterchildren(f"{OURS}*")) if inside is not None else []


def _named_so(elements: list[etree._Element], tag: str) -> list[etree._Element]:
    return [element for element in elements if element.tag == OURS + tag]


def _loop(node: etree._Element) -> Loop | None:
    """The loop marker of an activity (clauses 10.3.8 and 13.3.6, 13.3.7)."""
    plain = node.find(f"{BPMN}standardLoopCharacteristics")
    if plain is not None:
        return Loop(
            "loop",
            count=plain.get("loopMaximum", ""),
            condition=_expression(asked := plain.find(f"{BPMN}loopCondition")),
            before=plain.get("testBefore") in _TRUE,
            odd=_language(asked.get("language", "")) if asked is not None else "",
        )
    many = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is None:
        return None
    asked, until = many.find(f"{BPMN}loopCardinality"), many.find(f"{BPMN}completionCondition")
    odd = [tag for tag in ("loopDataInputRef", "loopDataOutputRef") if many.find(BPMN + tag) is not None]
    odd += [f"behavior {said}"] if (said := many.get("behavior", "All")) != "All" else []
    odd += [said for one in (asked, until) if one is not None and (said := _language(one.get("language", "")))]
    return Loop(
        "sequential" if many.get("isSequential") in _TRUE else "parallel",
        count=_expression(asked),
        condition=_expression(until),
        odd=odd[0] if odd else "",
    )


def _expression(of: etree._Element | None) -> str:
    """The text of an expression; the = that some tools write before FEEL is none of it."""
    return "" if of is None else "".join(map(str, of.itertext())).strip().removeprefix("=").strip()


def _language(said: str, text: str = "") -> str:
    """The language that an expression is written in, "" for FEEL by whichever of its names, and where nothing is said; `${…}` is none
    that FEEL knows, whatever is said."""
    if text.startswith(("${", "#{")):
        return text[:2] + "…}"
    return "" if "feel" in said.lower() else said.strip()


def _odd(node: etree._Element) -> str:
    """What a node states that would change how it runs and is not run here; "" where it states nothing of the kind."""
    for name in ("startQuantity", "completionQuantity"):
        if (said := node.get(name, "1").strip()) != "1":
            return f"{name} {said}"
    if node.get("eventGatewayType") == "Parallel":
        return "eventGatewayType Parallel"
    error = node.find(f"{BPMN}errorEventDefinition") is not None
    for name in (
        "cancelActivity",
        "isInterrupting",
    ):  # an error always stops what it comes from (clauses 10.5.4 and 10.5.6)
        if error and node.get(name, "true") not in _TRUE:
            return f"errorEventDefinition, {name} false"
    undoes = node.find(f"{BPMN}compensateEventDefinition")
    if undoes is not None and undoes.get("waitForCompletion", "true") not in _TRUE:
        return "waitForCompletion false"
    return ""


def _trigger(node: etree._Element, places: Places) -> Trigger:
    found = []
    for child in node.iterchildren(f"{BPMN}*"):
        name = etree.QName(child).localname
        if name == "eventDefinitionRef":
            shared = places.get(_local((child.text or "").strip()))
            found += [shared if shared is not None else child]
        elif name.endswith("EventDefinition"):
            found.append(child)
    if len(found) > 1:
        return Trigger("multiple")
    if not found:
        message = node.get("messageRef")
        return Trigger("message", name=_named(places, message)) if message else Trigger()
    event = found[0]
    kind = etree.QName(event).localname.removesuffix("EventDefinition")
    if kind == "timer":
        stated = [_time(event.find(BPMN + tag)) for tag in ("timeDuration", "timeDate", "timeCycle")]
        return Trigger("timer", duration=stated[0], date=stated[1], cycle=stated[2])
    about = event.get(f"{kind}Ref", "")
    if about and _local(about) not in places:
        return Trigger(kind, missing=about)
    if kind in ("error", "escalation"):
        return Trigger(kind, code=_named(places, about))
    if kind == "compensate":
        return Trigger(kind, activity=_local(event.get("activityRef", "")))
    if kind == "link":
        return Trigger(kind, name=event.get("name", ""))
    return Trigger(kind, name=_named(places, about))


_QUOTED = re.compile(r"""(?:(?:duration|date and time|date)\s*\(\s*)?"([^"]*)"\s*\)?\Z""")


def _time(of: etree._Element | None) -> str:
    """What a timer states; some tools write it as FEEL: ="PT4H", =duration("PT4H")."""
    text = _expression(of)
    quoted = _QUOTED.match(text)
    return quoted[1].strip() if quoted else text


def _named(places: Places, reference: str) -> str:
    """The code of what a reference points at, else its name, else its id, by which it is told from others; "" for nothing."""
    place = places.get(_local(reference))
    if place is None:
        return ""
    return place.get("errorCode") or place.get("escalationCode") or place.get("name") or place.get("id") or ""


def _field(field_: etree._Element) -> Field:
    choices = {c.get("value", ""): _label(c, "label") for c in field_.iterchildren(f"{OURS}choice")}
    required = field_.get("required") == "true"
    return Field(
        field_.get("name", ""),
        field_.get("type", "string"),
        _label(field_, "label"),
        required,
        field_.get("unit", ""),
        choices,
        field_.get("visible", "").strip(),
        field_.get("default", "").strip(),
    )


def _argument(argument: etree._Element) -> Argument:
    return Argument(
        argument.get("name", ""), argument.get("value"), argument.get("fact", ""), argument.get("field", "")
    )


def _flows(process: etree._Element) -> Iterator[Flow]:
    """The flows of a process. The standard lets them go without an id: one that no XML id can be stands for it."""
    nameless: Counter[str] = Counter()
    for flow in process.iter(f"{BPMN}sequenceFlow"):
        asked = flow.find(f"{BPMN}conditionExpression")
        source, target = _local(flow.get("sourceRef", "")), _local(flow.get("targetRef", ""))
        between = f"{source}→{target}"
        id = flow.get("id") or f"{between}{nameless[between] or ''}"
        nameless[between] += not flow.get("id")
        text = _expression(asked)
        language = "" if asked is None else _language(asked.get("language", ""), text)
        yield Flow(id, _label(flow), source, target, text, _line(flow), language)


def _lane(lane: etree._Element) -> Lane:
    """A lane; of lanes in lanes the inner ones come later and so say last where a node stands."""
    nodes = frozenset(_local((node.text or "").strip()) for node in lane.iterchildren(f"{BPMN}flowNodeRef"))
    return Lane(lane.get("id", ""), _label(lane), lane.get(f"{OURS}department", ""), nodes)


def _label(node: etree._Element, attribute: str = "name") -> Label:
    """`name` (or `label`) in the file's language; a two-letter attribute of ours holds it in that language."""
    languages = {
        str(key).removeprefix(OURS): str(text)
        for key, text in node.attrib.items()
        if len(str(key).removeprefix(OURS)) == 2
        and (str(key).startswith(OURS) or attribute == "label")
        and str(key) != "id"
    }
    return Label(" ".join(node.get(attribute, "").split()), languages or NO_LABELS)


def _id(node: etree._Element) -> str:
    identity = node.get("id")
    if not identity:
        raise NotBpmn(
            _("line %(line)s: %(element)s has no id") % {"line": _line(node), "element": etree.QName(node).localname}
        )
    return identity


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline
    return int(line or 0)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
