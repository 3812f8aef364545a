"""What can be wrong with a table, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ERROR, WARNING = "error", "warning"
WHY: Mapping[str, str | Promise] = {
    "not-dmn": _("This is no DMN file: %(what)s"),
    "no-decision": _("The file holds no decision."),
    "several-decisions": _("The file has more than one last decision; one must rest on the others."),
    "unreadable": _("This cannot be read: %(what)s"),
    "unknown-fact": _("Nothing is known under %(what)s. Choose another one."),
    "imports": _("The file imports another one, %(what)s; put all of it into one file."),
    "wrong-type": _("The values are of another kind: %(what)s"),
    "overlap": _("Rules %(what)s hit for the same values, and a unique table then decides nothing."),
    "contradiction": _("Rules %(what)s hit for the same values and answer differently; then nothing is decided."),
    "never-hits": _("No value comes to this rule."),
    "wrong-value": _("%(what)s cannot be read as a value of this fact."),
    "gap": _("No rule for: %(what)s"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a file: a stable code, the element it is about, and what is wrong there. In a table also the rule and the
    column (both from 1, inputs before outputs; 0 for none). A warning does not stand in the way of publishing."""

    code: str
    element: str = ""
    why: str = ""
    rule: int = 0
    column: int = 0
    level: str = ERROR


class Told(NamedTuple):
    """A problem as it is told: its code, the element, the rule and the column (from 1, 0 for none), a sentence in the reader's
    language, error or warning."""

    code: str
    element: str
    rule: int
    column: int
    why: str
    level: str


def told(problem: Problem) -> Told:
    """A problem in the reader's language."""
    why = str(WHY[problem.code]) % {"what": problem.why}
    return Told(problem.code, problem.element, problem.rule, problem.column, why, problem.level)
