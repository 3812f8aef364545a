"""A published map in the form the engine runs: nodes, what each does, and the ways between them."""

from collections.abc import Mapping
from dataclasses import dataclass

from orderway.people.rules import Term

from .care import NO_CARE, Care
from .conditions import Condition, FactType
from .drawn import Argument, Check, Field, Label, Outcome
from .expressions import Expression
from .forms import NO_FORM, Form
from .times import When


@dataclass(frozen=True, slots=True)
class Way:
    """A sequence flow: where it leads, under which condition (None: always), and its label."""

    flow: str
    target: str
    condition: Condition | None
    label: Label


@dataclass(frozen=True, slots=True)
class Pass:
    """Nothing happens here: a start, an exclusive merge, a plain intermediate event, a link."""


@dataclass(frozen=True, slots=True)
class Work:
    """A person decides. `same_as` names the node whose last worker gets it; `holds` the fact an approval rests on;
    `assignment` the table that says to whom it goes, which `gives` person, role, skill or priority."""

    role: str
    instruction: Label
    fields: tuple[Field, ...]
    checks: tuple[Check, ...]
    outcomes: tuple[Outcome, ...]
    same_as: str
    holds: str
    term: Term | None = None
    care: Care = NO_CARE
    form: Form = NO_FORM
    assignment: str = ""
    gives: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """A command runs; what it refuses is an error with the refusal's code."""

    command: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """An expression is evaluated and kept under the name `result`."""

    expression: Expression
    result: str


@dataclass(frozen=True, slots=True)
class Decide:
    """A registered decision is asked; its outputs are kept under their names."""

    decision: str
    inputs: frozenset[str]
    outputs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Choose:
    """The first way whose condition is true is taken, else `default`."""

    default: Way | None


@dataclass(frozen=True, slots=True)
class Include:
    """Every way whose condition is true is taken, else `default`; before that, when several of `flows` lead here, it waits for
    what can still come. `reach` names the flows into it that a token at a node can still come by."""

    default: Way | None
    flows: frozenset[str]
    reach: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Gather:
    """A parallel gateway: goes on when a token has come on each of `flows`, then on all ways at once."""

    flows: frozenset[str]


@dataclass(frozen=True, slots=True)
class Race:
    """An event-based gateway: the first event after it that happens decides the way."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Goes on when `event` has arrived for the subject."""

    event: str


@dataclass(frozen=True, slots=True)
class Hear:
    """Goes on when the signal is given, by whomever, while it listens."""

    signal: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Goes on at its time; `term` is its length as the department's calendar counts it."""

    when: When
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Another map runs for the same subject; goes on when it has ended."""

    map: str


@dataclass(frozen=True, slots=True)
class Within:
    """A sub-process: a token runs in the scope of its own; goes on when the last one in there has ended."""


@dataclass(frozen=True, slots=True)
class Throw:
    """Gives a signal, tells a message, escalates or throws an error (kind), by `name`; `ends`: the token ends here."""

    kind: str
    name: str
    ends: bool


@dataclass(frozen=True, slots=True)
class Undo:
    """Compensates what was completed in this scope, the last first: all of it, or only `activities`; `ends` as in Throw."""

    activities: frozenset[str] | None
    ends: bool


@dataclass(frozen=True, slots=True)
class End:
    """The token ends here; its scope ends with its last token. `all`: all other tokens of the scope end with it."""

    all: bool = False


Does = (
    Pass | Work | Step | Script | Decide | Choose | Include | Gather | Race | Wait | Hear | Pause | Call | Within | Throw | Undo | End
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repeat:
    """Done several times: kind parallel, sequential or loop. `count` is how many times (a loop: at most, None: no limit); `until`
    ends it early (a loop goes on while `until` is true, asked `before` the first round too)."""

    kind: str
    count: Expression | None
    until: Condition | None
    before: bool


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around an activity: `listens` are the events at its border that wait beside it, `errors` and `escalations` those
    that catch by code ("" catches every one), `undo` the one that remembers it for compensation."""

    repeat: Repeat | None = None
    listens: tuple[str, ...] = ()
    errors: Mapping[str, str] | None = None
    escalations: Mapping[str, str] | None = None
    undo: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """One place of the map under its BPMN id. `ways` are all ways out in file order; several of them are all taken
    (a fork), except where `does` is Choose, Include or Race.

    `host` is the activity at whose border an event stands, or the event sub-process that it starts, and `stops` whether it stops
    that activity or the scope around. A compensation event's `undone_by` is the activity that undoes."""

    id: str
    label: Label
    department: str
    does: Does
    ways: tuple[Way, ...]
    around: Around | None = None
    host: str = ""
    stops: bool = False
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """What lies in a process or sub-process: its plain start, its event sub-processes (`parts`), and their starts: those that
    listen, and those that catch an error or an escalation by code."""

    start: str
    parts: tuple[str, ...] = ()
    listens: tuple[str, ...] = ()
    errors: Mapping[str, str] | None = None
    escalations: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """A compiled map. `key` is its process id; `names` are the types of the form fields that conditions may use;
    `facts` the facts of `subject` that conditions, arguments and approvals rest on; `rank` puts each node before those it
    leads to, so that tokens are moved in the largest sets. `inside` holds the scopes by sub-process ("" the process itself);
    `parents` the one that each node stands in; `starts` the starts by what arrives, `clocks` those by time; `joins` the inclusive
    gateways that wait."""

    key: str
    label: Label
    subject: str
    start: str
    nodes: Mapping[str, Node]
    names: Mapping[str, FactType]
    facts: frozenset[str]
    rank: Mapping[str, int]
    inside: Mapping[str, Inside]
    parents: Mapping[str, str]
    starts: Mapping[str, str]
    clocks: Mapping[str, When]
    joins: frozenset[str]
    care: Care = NO_CARE
