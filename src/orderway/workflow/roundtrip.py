"""Whether two BPMN files say the same: every element, attribute and shape of the one stands in the other. Pure.

What the standard (OMG BPMN 2.0.2, formal/13-12-09, clause 15, with its XML schemas) leaves to the writer counts as the same: prefixes,
white space between elements, the order of unlike siblings (the order of like ones counts), the xsi:type a schema implies, and an
attribute that states its own default.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from .bpmn import BPMN, NotBpmn, as_utf8, read_tree

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
SHAPES = frozenset({f"{DI}BPMNShape", f"{DI}BPMNEdge"})
# attribute -> its default in BPMN20.xsd, Semantic.xsd and BPMNDI.xsd, for the elements that end in the given word ("" for all)
DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "expressionLanguage": {"definitions": "http://www.w3.org/1999/XPath"},
    "typeLanguage": {"definitions": "http://www.w3.org/2001/XMLSchema"},
    "processType": {"process": "None"},
    "isClosed": {"": "false"},
    "isExecutable": {"process": "false"},
    "gatewayDirection": {"Gateway": "Unspecified"},
    "isForCompensation": {"": "false"},
    "startQuantity": {"": "1"},
    "completionQuantity": {"": "1"},
    "isInterrupting": {"startEvent": "true"},
    "cancelActivity": {"boundaryEvent": "true"},
    "parallelMultiple": {"": "false"},
    "triggeredByEvent": {"ubProcess": "false"},
    "isCollection": {"": "false"},
    "isUnlimited": {"dataStore": "true"},
    "isSequential": {"Characteristics": "false"},
    "behavior": {"Characteristics": "All"},
    "testBefore": {"Characteristics": "false"},
    "instantiate": {"": "false"},
    "eventGatewayType": {"eventBasedGateway": "Exclusive"},
    "implementation": {"sendTask": "##WebService", "receiveTask": "##WebService", "serviceTask": "##WebService",
                       "userTask": "##unspecified", "businessRuleTask": "##unspecified"},
    "associationDirection": {"association": "None"},
    "textFormat": {"": "text/plain"},
    "minimum": {"participantMultiplicity": "0"},
    "maximum": {"participantMultiplicity": "1"},
    "itemKind": {"itemDefinition": "Information"},
    "mustUnderstand": {"": "false"},
    "waitForCompletion": {"compensateEventDefinition": "true"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trip:
    """What a round trip did: how many elements, attributes and shapes there were, and what is lost or added, by its path."""

    elements: int
    attributes: int
    shapes: int
    lost: tuple[str, ...]
    added: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Nothing is lost and nothing came."""
        return not self.lost and not self.added


def compare(before: bytes, after: bytes) -> Trip:
    """Compare two files as trees; raises NotBpmn for anything that is no BPMN 2.0."""
    root = read_tree(before)
    old, new = dict(_told(root)), dict(_told(read_tree(after)))
    lost = tuple(_line(path, text) for path, text in old.items() if new.get(path) != text)
    added = tuple(_line(path, text) for path, text in new.items() if old.get(path) != text)
    elements = list(root.iter(etree.Element))
    shapes = sum(element.tag in SHAPES for element in elements)
    return Trip(len(elements), sum(len(element.attrib) for element in elements), shapes, lost, added)


def decoded(xml: bytes) -> str:
    """A file of another tool as text, in whatever encoding it says it is; its declaration then says UTF-8, nothing else changes.

    Raises NotBpmn for anything that is no BPMN 2.0.
    """
    document: Any = read_tree(xml).getroottree().docinfo
    try:
        return as_utf8(xml.decode(document.encoding or "UTF-8"))
    except (LookupError, UnicodeDecodeError) as error:
        raise NotBpmn(_("it is not in the encoding that it names (%(error)s)") % {"error": error}) from None


def given_out(text: str) -> bytes:
    """A kept file read and written by this product: comments, foreign elements and the order of everything stay. Raises NotBpmn."""
    read_tree(text.encode())
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.tostring(etree.fromstring(text.encode(), parser), xml_declaration=True, encoding="UTF-8")


def _line(path: str, text: str) -> str:
    return f"{path} = {text}" if text else path


def _told(element: etree._Element, path: str = "", place: str = "") -> Iterator[tuple[str, str]]:
    """Everything an element states as (path, text): itself with its text, its attributes, its children."""
    name = etree.QName(element)
    said = name.localname if name.namespace in _PLAIN else str(element.tag)
    here = f"{path}/{said}{place}"
    yield here, "" if len(element) else _resolved(element, (element.text or "").strip())
    for key, value in element.attrib.items():
        if not _implied(element, str(key), str(value)):
            yield f"{here}@{key!s}", _number(_truth(str(key), _resolved(element, str(value))))
    counts: dict[str, int] = {}
    for child in element.iterchildren(etree.Element):
        tag, identity = str(child.tag), child.get("id")
        counts[tag] = counts.get(tag, 0) + (identity is None)
        yield from _told(child, here, f"[{identity or counts[tag]}]")


_PLAIN = frozenset({BPMN[1:-1], DI[1:-1]})


_IMPLIED_TYPES = frozenset({"tFormalExpression", "tExpression", "Point"})


def _implied(element: etree._Element, key: str, value: str) -> bool:
    """Whether an attribute says only what the schema says without it."""
    if key == f"{XSI}type":
        return value.rpartition(":")[2] in _IMPLIED_TYPES
    tag, value = etree.QName(element).localname, _truth(key, value)
    return any(tag.endswith(word) and value == default for word, default in DEFAULTS.get(key, {}).items())


def _resolved(element: etree._Element, text: str) -> str:
    """A qualified name with its namespace in place of its prefix, so that another prefix is no difference."""
    prefix, colon, local = text.partition(":")
    space = element.nsmap.get(prefix) if colon and local and " " not in text else None
    if space and space == element.getroottree().getroot().get("targetNamespace"):
        return local  # of this very file: named without a prefix it is the same
    return f"{{{space}}}{local}" if space else text


def _truth(key: str, value: str) -> str:
    """A truth in the one of its two spellings (XML Schema part 2, clause 3.2.2) that its default is stated in."""
    stands = DEFAULTS.get(key, {}).values()
    return {"1": "true", "0": "false"}.get(value, value) if {"true", "false"} & set(stands) else value


def _number(text: str) -> str:
    """A number without what does not count: 1.0 is 1."""
    try:
        return f"{float(text):.6g}" if text[:1] in "-0123456789." else text
    except ValueError:
        return text
