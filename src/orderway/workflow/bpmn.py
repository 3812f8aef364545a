"""BPMN 2.0 XML read into plain values that keep the ids of the file. Nothing is judged here: what cannot run is kept and told later.

Source: OMG BPMN 2.0.2 (formal/13-12-09), clause 15 "Exchange formats". What the standard leaves to the engine stands in one namespace,
`https://orderway.org/bpmn/1`, described for other tools by orderway.moddle.json beside this file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{https://orderway.org/bpmn/1}"
LARGEST = 5_000_000
NO_LABELS: Mapping[str, str] = MappingProxyType({})
_NO_NODES = frozenset(
    {"sequenceFlow", "laneSet", "extensionElements", "documentation", "ioSpecification", "property", "dataObject",
     "dataObjectReference", "dataStoreReference", "textAnnotation", "association", "group", "auditing", "monitoring",
     "incoming", "outgoing", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "dataInputAssociation",
     "dataOutputAssociation", "category", "resourceRole", "performer", "humanPerformer", "potentialOwner", "rendering",
     "supportedInterfaceRef", "correlationSubscription", "artifact"}
)  # fmt: skip


class NotBpmn(ValueError):
    """The bytes are no BPMN 2.0 XML; says why and, where known, the line."""


@dataclass(frozen=True, slots=True)
class Label:
    """Text in the language of the file and in others (language code -> text)."""

    text: str = ""
    languages: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)

    def in_language(self, language: str) -> str:
        """The text in `language` ("de", "de-at"), else as the file states it."""
        return self.languages.get(language) or self.languages.get(language.partition("-")[0]) or self.text


@dataclass(frozen=True, slots=True)
class Field:
    """A form field of a work item. `type`: string, text, number, date, boolean or choice (one of `choices`, value -> label)."""

    name: str
    type: str
    label: Label
    required: bool
    unit: str
    choices: Mapping[str, Label]


@dataclass(frozen=True, slots=True)
class Check:
    """A check item that has to be ticked before an outcome that does not send back."""

    name: str
    label: Label


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to finish a work item. `sends_back` needs a reason and asks for no check items and no required fields."""

    name: str
    label: Label
    sends_back: bool


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a service step: a constant `value`, or the present `fact`, or what was filled into `field`."""

    name: str
    value: str | None
    fact: str
    field: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """What makes an event happen: kind none, message, timer, error …; `name` the message, `code` the error, `duration` the timer."""

    kind: str = "none"
    name: str = ""
    code: str = ""
    duration: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node. `kind` is the XML name (userTask, exclusiveGateway …), `loop` the XML name of its loop marker, "" for none.

    `parent` is the id of the sub-process it stands in, "" for the process itself; `line` its place in the file.
    """

    id: str
    kind: str
    label: Label
    line: int
    parent: str = ""
    loop: str = ""
    default: str = ""
    trigger: Trigger = Trigger()
    attached_to: str = ""
    interrupting: bool = True
    command: str = ""
    arguments: tuple[Argument, ...] = ()
    arrive: str = ""
    called: str = ""
    role: str = ""
    due: str = ""
    same_as: str = ""
    holds: str = ""
    instruction: Label = Label()
    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is its text, "" for none."""

    id: str
    label: Label
    source: str
    target: str
    condition: str
    line: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A department and the ids of the nodes that stand in it."""

    id: str
    label: Label
    department: str
    holds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Process:
    """One process. `subject` names the kind of thing that runs through it."""

    id: str
    label: Label
    subject: str
    executable: bool
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...]


def read_map(xml: bytes) -> tuple[Process, ...]:
    """The processes of a BPMN file in file order; raises NotBpmn for other bytes, doubled ids and anything with a DTD."""
    root = _root(xml)
    names: dict[str, str] = {}
    seen: set[str] = set()
    for element in root.iter(f"{BPMN}*"):
        identity = element.get("id")
        if identity is None:
            continue
        if identity in seen:
            raise NotBpmn(f"line {_line(element)}: the id {identity} is used twice")
        seen.add(identity)
        names[identity] = element.get("errorCode") or element.get("name") or ""
    processes = tuple(_process(element, names) for element in root.iterchildren(f"{BPMN}process"))
    if not processes:
        raise NotBpmn("there is no process in this file")
    return processes


def read_tree(xml: bytes) -> etree._Element:
    """The XML tree of a BPMN file; raises NotBpmn for other bytes and anything with a DTD."""
    return _root(xml)


def _root(xml: bytes) -> etree._Element:
    if len(xml) > LARGEST:
        raise NotBpmn(f"larger than {LARGEST} bytes")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotBpmn(f"not well-formed XML: {error}") from None
    document: Any = root.getroottree().docinfo
    if document.doctype:
        raise NotBpmn("a document type declaration is not taken")
    if root.tag != f"{BPMN}definitions":
        raise NotBpmn(f"the root is {etree.QName(root).localname}, expected definitions of BPMN 2.0")
    return root


def _process(process: etree._Element, names: Mapping[str, str]) -> Process:
    return Process(
        id=_id(process),
        label=_label(process),
        subject=process.get(f"{OURS}subject", ""),
        executable=process.get("isExecutable", "false") in ("true", "1"),
        elements=tuple(_elements(process, "", names)),
        flows=tuple(_flow(flow) for flow in process.iter(f"{BPMN}sequenceFlow")),
        lanes=tuple(_lane(lane) for lane in process.iter(f"{BPMN}lane") if lane.find(f"{BPMN}childLaneSet") is None),
    )


def _elements(container: etree._Element, parent: str, names: Mapping[str, str]) -> Iterator[Element]:
    for child in container.iterchildren(f"{BPMN}*"):
        kind = etree.QName(child).localname
        if kind in _NO_NODES:
            continue
        element = _element(child, kind, parent, names)
        yield element
        if kind in ("subProcess", "transaction", "adHocSubProcess"):
            yield from _elements(child, element.id, names)


def _element(node: etree._Element, kind: str, parent: str, names: Mapping[str, str]) -> Element:
    loops = [
        tag
        for tag in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics")
        if node.find(BPMN + tag) is not None
    ]
    inside = node.find(f"{BPMN}extensionElements")
    ours = list(inside.iterchildren(f"{OURS}*")) if inside is not None else []

    def named(tag: str) -> list[etree._Element]:
        return [element for element in ours if element.tag == OURS + tag]

    texts = {text.get("lang", ""): (text.text or "").strip() for text in named("instruction")}
    return Element(
        id=_id(node),
        kind=kind,
        label=_label(node),
        line=_line(node),
        parent=parent,
        loop=loops[0] if loops else "",
        default=node.get("default", ""),
        trigger=_trigger(node, names),
        attached_to=node.get("attachedToRef", ""),
        interrupting=node.get("cancelActivity", "true") in ("true", "1"),
        command=node.get(f"{OURS}command", ""),
        arguments=tuple(_argument(a) for a in named("argument")),
        arrive=node.get(f"{OURS}arrive", ""),
        called=node.get("calledElement", ""),
        role=node.get(f"{OURS}role", ""),
        due=node.get(f"{OURS}due", ""),
        same_as=node.get(f"{OURS}sameAs", ""),
        holds=node.get(f"{OURS}holds", ""),
        instruction=Label(texts.pop("", ""), texts),
        fields=tuple(_field(f) for f in named("field")),
        checks=tuple(Check(c.get("name", ""), _label(c, "label")) for c in named("check")),
        outcomes=tuple(
            Outcome(o.get("name", ""), _label(o, "label"), o.get("sendsBack") == "true") for o in named("outcome")
        ),
    )


def _trigger(node: etree._Element, names: Mapping[str, str]) -> Trigger:
    found = [
        child for child in node.iterchildren(f"{BPMN}*") if etree.QName(child).localname.endswith("EventDefinition")
    ]
    if not found:
        return Trigger()
    if len(found) > 1:
        return Trigger("multiple")
    event = found[0]
    kind = etree.QName(event).localname.removesuffix("EventDefinition")
    if kind == "timer":
        duration = event.findtext(f"{BPMN}timeDuration")
        return Trigger("timer", duration=(duration or "").strip())
    if kind == "error":
        return Trigger("error", code=names.get(_local(event.get("errorRef", "")), ""))
    return Trigger(kind, name=names.get(_local(event.get(f"{kind}Ref", "")), ""))


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
    )


def _argument(argument: etree._Element) -> Argument:
    return Argument(
        argument.get("name", ""), argument.get("value"), argument.get("fact", ""), argument.get("field", "")
    )


def _flow(flow: etree._Element) -> Flow:
    condition = flow.findtext(f"{BPMN}conditionExpression") or ""
    source, target = _local(flow.get("sourceRef", "")), _local(flow.get("targetRef", ""))
    return Flow(_id(flow), _label(flow), source, target, condition.strip(), _line(flow))


def _lane(lane: etree._Element) -> Lane:
    nodes = frozenset((node.text or "").strip() for node in lane.iterchildren(f"{BPMN}flowNodeRef"))
    return Lane(_id(lane), _label(lane), lane.get(f"{OURS}department", ""), nodes)


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
        raise NotBpmn(f"line {_line(node)}: {etree.QName(node).localname} has no id")
    return identity


def _line(node: etree._Element) -> int:
    line: Any = node.sourceline
    return int(line or 0)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
