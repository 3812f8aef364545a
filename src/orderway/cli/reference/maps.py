"""The page about maps: which elements of BPMN run, what they may say, and what keeps a map from being published."""

from collections.abc import Mapping

from django.utils import translation

from orderway.workflow.meaning import CLOCK_SUBJECT, COUNTS, GATEWAYS, KINDS, PART_STARTS, STARTS, TASKS
from orderway.workflow.problems import WHY

HEAD = """# Elements of maps

Written from the program by `orderway reference`. A map is BPMN 2.0 XML (OMG BPMN 2.0.2). These elements run; everything else in the
file is kept byte for byte: data objects, annotations, groups, colours, other tools' extensions. An element that would have to
run and cannot is told by name when the map is published, and then nothing is published.
"""
DOES: Mapping[str, str] = {
    "userTask": "a work item; says `role`, `due`, and inside `instruction`, `field`, `check`, `outcome`",
    "manualTask": "with a `role` a work item, without one it passes",
    "serviceTask": "runs a `command`; what it refuses is an error with the refusal's code",
    "scriptTask": "evaluates its script and keeps the value under the name `result`",
    "sendTask": "tells its message, or runs a `command`",
    "receiveTask": "waits for its message",
    "businessRuleTask": "asks a `decision` and keeps its outputs by name, or runs a `command`",
    "callActivity": "another map runs for the same subject",
    "subProcess": "a scope of its own; by an event (`triggeredByEvent`) beside or instead of what runs around it",
    "exclusiveGateway": "the first way whose condition is true, else the default",
    "parallelGateway": "all ways; waits for a token on each flow into it",
    "inclusiveGateway": "every way whose condition is true, else the default; waits for what can still come",
    "eventBasedGateway": "the first event after it decides",
}
EVENTS: Mapping[str, str] = {
    "startEvent": "start of a map", "endEvent": "end", "intermediateCatchEvent": "in between, waits",
    "intermediateThrowEvent": "in between, throws", "boundaryEvent": "at the border of an activity",
}  # fmt: skip
RULES = f"""
## Rules

* **Messages** are for one subject. A step, a page or another map tells them (`arrive`, a send task, a message end); a token that waits
  takes one, and one that nobody waits for yet is kept. All of one name that came before count once.
* **Signals** are for everybody of the company who listens at that moment, and for nobody later.
* **Errors** end the activity that catches them. They go from the step outwards: its border, the event sub-processes beside it, the
  border of the sub-process or call around it, up to the map that called. A code goes before a border without a code. A refusal
  that nobody catches leaves the step stuck, to be tried again from the desk; an error end that nobody catches ends the whole process.
* **Escalations** go the same way, but end nothing unless the border says so; where nobody catches one, nothing happens.
* **Timers** state a duration (`P2D`, `PT4H`), a moment (`2026-01-31T08:00:00Z`, or the name of a fact or form field that holds one), or
  a cycle (`R3/PT4H`, `R/PT1H`, `R3/2026-01-31T08:00Z/PT4H`). Every spelling of ISO 8601 is read: fractions (`PT1.5H`), days of a week or a
  year, offsets. At a border that does not interrupt a cycle rings again and again; anywhere else it rings once.
* **Repeated activities** say how often: a figure, a fact or a form field (parallel or one after the other), or a loop's condition
  with or without a largest number. Their conditions may use {", ".join(f"`{name}`" for name in COUNTS)}, and `count_` with the name of
  an outcome: two of three approve is `count_approve >= 2`. The outcome after them is the one that most chose.
* **Compensation** runs what belongs to completed activities, the last one first; a sub-process hands what it remembers to the scope
  around it, unless it has a compensation of its own.
* **Links** lead from a throw to the one catch of that name in the same scope.
* **Starts.** A map may also start by a message or a signal (for the subject it came for, where the map does not run for it yet) or by the
  clock (a map of the subject `{CLOCK_SUBJECT}`).
* **Conditions** are FEEL; a = before it is passed over. They stand on the flows out of an exclusive or inclusive gateway, or out of an
  activity: there each flow whose condition is true is taken, the default where none is, and those without a condition always.
* **Lanes** are departments, of lanes in lanes the innermost. Of several pools one is executable.
"""


def page() -> str:
    """The page, in the language of the program."""
    with translation.override("en"):
        told = [f"| `{code}` | {str(why).replace('%(what)s', '…')} |" for code, why in WHY.items()]
    lines = [HEAD, "## Activities and gateways", "", "| element | does |", "| --- | --- |"]
    lines += [f"| {kind} | {DOES[kind]} |" for kind in sorted(TASKS | GATEWAYS, key=list(DOES).index)]
    lines += ["", "Activities may be repeated (`standardLoopCharacteristics`, `multiInstanceLoopCharacteristics`).", ""]
    lines += ["## Events", "", "| place | triggers |", "| --- | --- |"]
    triggers = {EVENTS[kind]: STARTS if kind == "startEvent" else kinds for kind, kinds in KINDS.items()}
    triggers["start of an event sub-process"] = PART_STARTS
    lines += [f"| {place} | {', '.join(sorted(kinds))} |" for place, kinds in triggers.items()]
    lines += [RULES, "## Problems", "", "| code | says |", "| --- | --- |", *told]
    return "\n".join(lines) + "\n"
