"""A drawing as plain values that keep the ids of the file: what bpmn.py reads and compile.py judges.

Source: OMG BPMN 2.0.2 (formal/13-12-09), clauses 8 to 10. What the standard leaves to the engine stands in one namespace of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .care import NO_CARE, Care

NO_LABELS: Mapping[str, str] = MappingProxyType({})


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
    visible: str = ""
    default: str = ""


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
    """What makes an event happen: kind none, message, timer, error, compensate …; `name` the message, signal or link, `code` the
    error or escalation, `activity` what is compensated; a timer states a `duration`, a `date` or a `cycle`. `missing` is what the event
    refers to and the file does not hold."""

    kind: str = "none"
    name: str = ""
    code: str = ""
    duration: str = ""
    date: str = ""
    cycle: str = ""
    activity: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop marker: kind loop, parallel or sequential; `count` and `until` (or the loop's `condition`) are expressions;
    `odd` names what of it is not known here."""

    kind: str
    count: str = ""
    condition: str = ""
    before: bool = False
    odd: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node. `kind` is the XML name (userTask, exclusiveGateway …); `by_event` marks an event sub-process, `undoes` an
    activity for compensation, `begins` a gateway or task that would start an instance. `language` is what its script is written in,
    `odd` what it states beside and no engine of this kind runs.

    `parent` is the id of the sub-process it stands in, "" for the process itself; `line` its place in the file.
    """

    id: str
    kind: str
    label: Label
    line: int
    parent: str = ""
    loop: Loop | None = None
    default: str = ""
    trigger: Trigger = Trigger()
    attached_to: str = ""
    interrupting: bool = True
    by_event: bool = False
    undoes: bool = False
    begins: bool = False
    command: str = ""
    script: str = ""
    language: str = ""
    odd: str = ""
    result: str = ""
    decision: str = ""
    arguments: tuple[Argument, ...] = ()
    arrive: str = ""
    called: str = ""
    role: str = ""
    due: str = ""
    same_as: str = ""
    holds: str = ""
    assignment: str = ""
    instruction: Label = Label()
    fields: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    care: Care = NO_CARE


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is its text, "" for none, written in `language` ("": not said)."""

    id: str
    label: Label
    source: str
    target: str
    condition: str
    line: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A department and the ids of the nodes that stand in it."""

    id: str
    label: Label
    department: str
    holds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Process:
    """One process. `subject` names the kind of thing that runs through it; `undone_by` leads from a compensation event to its activity."""

    id: str
    label: Label
    subject: str
    executable: bool
    elements: tuple[Element, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...]
    undone_by: Mapping[str, str]
    care: Care = NO_CARE
