"""A published map in the form the engine runs: nodes, what each does, and the ways between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from .bpmn import Argument, Check, Field, Label, Outcome
from .conditions import Condition, FactType


@dataclass(frozen=True, slots=True)
class Way:
    """A sequence flow: where it leads, under which condition (None: always), and its label."""

    flow: str
    target: str
    condition: Condition | None
    label: Label


@dataclass(frozen=True, slots=True)
class Pass:
    """Nothing happens here: a start, an exclusive merge, a plain intermediate event."""


@dataclass(frozen=True, slots=True)
class Work:
    """A person decides. `same_as` names the node whose last worker gets it; `holds` the fact an approval rests on."""

    role: str
    due: timedelta | None
    instruction: Label
    fields: tuple[Field, ...]
    checks: tuple[Check, ...]
    outcomes: tuple[Outcome, ...]
    same_as: str
    holds: str


@dataclass(frozen=True, slots=True)
class Step:
    """A command runs. `caught` maps a refusal code to the way it takes ("" catches every code)."""

    command: str
    arguments: tuple[Argument, ...]
    caught: Mapping[str, Way]


@dataclass(frozen=True, slots=True)
class Choose:
    """The first way whose condition is true is taken, else `default`."""

    default: Way | None


@dataclass(frozen=True, slots=True)
class Gather:
    """A parallel gateway: goes on when a token has come on each of `flows`, then on all ways at once."""

    flows: frozenset[str]


@dataclass(frozen=True, slots=True)
class Wait:
    """Goes on when `event` has arrived for the subject."""

    event: str


@dataclass(frozen=True, slots=True)
class Pause:
    """Goes on after `length`."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Call:
    """Another map runs for the same subject; goes on when it has ended."""

    map: str


@dataclass(frozen=True, slots=True)
class End:
    """The token ends here; the instance ends with its last token."""


Does = Pass | Work | Step | Choose | Gather | Wait | Pause | Call | End


@dataclass(frozen=True, slots=True)
class Node:
    """One place of the map under its BPMN id. `ways` are all ways out in file order; several of them are all taken
    (a fork), except where `does` is Choose."""

    id: str
    label: Label
    department: str
    does: Does
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A compiled map. `key` is its process id; `names` are the types of the form fields that conditions may use;
    `facts` the facts of `subject` that conditions, arguments and approvals rest on; `rank` puts each node before those it
    leads to, so that tokens are moved in the largest sets."""

    key: str
    label: Label
    subject: str
    start: str
    nodes: Mapping[str, Node]
    names: Mapping[str, FactType]
    facts: frozenset[str]
    rank: Mapping[str, int]
