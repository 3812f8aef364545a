"""What each kind of element does when it runs, or the problem that tells why it cannot."""

from collections.abc import Iterator, Mapping

from .care import problems_of, term
from .conditions import FactType
from .drawn import Element, Process
from .forms import Form, read_form
from .graph import (
    Call,
    Choose,
    Decide,
    Does,
    End,
    Gather,
    Hear,
    Include,
    Pass,
    Pause,
    Race,
    Repeat,
    Script,
    Step,
    Throw,
    Undo,
    Wait,
    Way,
    Within,
    Work,
)
from .judging import ASSIGNED, Judge
from .problems import WARNING
from .times import read_when
from .wiring import reach

COUNTS = (
    "numberOfInstances", "numberOfActiveInstances", "numberOfCompletedInstances", "numberOfTerminatedInstances", "loopCounter",
)  # fmt: skip
CLOCK_SUBJECT = "company"
ENDS = frozenset({"none", "terminate", "error", "message", "escalation", "signal", "compensate"})
THROWS = frozenset({"none", "message", "signal", "escalation", "compensate", "link"})
CATCHES = frozenset({"message", "timer", "signal", "link"})
BORDERS = frozenset({"message", "timer", "signal", "error", "escalation", "compensate"})
STARTS = frozenset({"none", "message", "timer", "signal"})
PART_STARTS = frozenset({"message", "timer", "signal", "error", "escalation"})
KINDS: Mapping[str, frozenset[str]] = {
    "startEvent": STARTS | PART_STARTS, "endEvent": ENDS, "intermediateThrowEvent": THROWS, "intermediateCatchEvent": CATCHES,
    "boundaryEvent": BORDERS,
}  # fmt: skip
TASKS = frozenset(
    {"userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask", "callActivity", "subProcess"}
)  # fmt: skip
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})


class Meaning(Judge):
    """Says what an element does."""

    def does(self, element: Element, ways: tuple[Way, ...]) -> Does:
        """What `element` does when a token comes; Pass, and told, when it cannot run."""
        trigger = element.trigger.kind
        if element.kind == "task":
            self.tell("no-kind", element)
            return Pass()
        if trigger not in KINDS.get(element.kind, {trigger}) or element.kind not in KINDS.keys() | TASKS | GATEWAYS:
            self.tell("cannot-run", element, element.kind if trigger == "none" else f"{element.kind} ({trigger})")
            return Pass()
        if element.begins or element.odd:
            self.tell("cannot-run", element, f"{element.kind} ({'instantiate' if element.begins else element.odd})")
        if element.trigger.missing and not element.arrive:
            self.tell("nothing-there", element, element.trigger.missing)
            return Pass()
        match element.kind:
            case "startEvent" | "boundaryEvent" | "intermediateCatchEvent":
                return self._catch(element)
            case "endEvent" | "intermediateThrowEvent":
                return self._throw(element)
            case "subProcess":
                return Within()
            case _ if element.kind in GATEWAYS:
                return self._gateway(element, ways)
        return self._task(element)

    def _task(self, element: Element) -> Does:
        match element.kind:
            case "userTask":
                return self._work(element)
            case "manualTask":
                return self._work(element) if element.role else Pass()
            case "scriptTask":
                return self._script(element)
            case "receiveTask":
                return self._wait(element)
            case "sendTask" if not element.command:
                return Throw("message", self._message(element), False)
            case "businessRuleTask" if not element.command:
                return self._decide(element)
            case "callActivity":
                return self._call(element)
        return self._step(element)

    def _gateway(self, element: Element, ways: tuple[Way, ...]) -> Does:
        into = frozenset(flow.id for flow in self.flows if flow.target == element.id)
        match element.kind:
            case "exclusiveGateway":
                return Choose(self._default(element, ways))
            case "inclusiveGateway":
                return Include(self._default(element, ways), into, reach(element, self.elements, self.flows))
            case "eventBasedGateway":
                self._check_race(element, ways)
                return Race()
        return Gather(into)

    def _check_race(self, element: Element, ways: tuple[Way, ...]) -> None:
        for way in ways:
            target = self.elements.get(way.target)
            if target is None:
                continue
            waits = target.kind == "receiveTask" or (
                target.kind == "intermediateCatchEvent" and target.trigger.kind in ("message", "timer", "signal")
            )
            alone = sum(flow.target == target.id for flow in self.flows) == 1
            if not waits or not alone:
                self.tell("race", element, target.label.text or target.id)

    def _catch(self, element: Element) -> Does:
        match element.trigger.kind:
            case "message":
                return Wait(self._message(element))
            case "signal":
                return Hear(self._signal(element))
            case "timer":
                return self._pause(element)
            case "link" if not element.trigger.name:
                self.tell("no-link", element)
        return Pass()

    def _throw(self, element: Element) -> Does:
        ends = element.kind == "endEvent"
        trigger = element.trigger
        match trigger.kind:
            case "message":
                return Throw("message", self._message(element), ends)
            case "signal":
                return Throw("signal", self._signal(element), ends)
            case "error" | "escalation":
                if not trigger.code:
                    self.tell("no-code", element)
                return Throw(trigger.kind, trigger.code, ends)
            case "compensate":
                return Undo(self._undone(element), ends)
            case "terminate":
                return End(all=True)
        return End() if ends else Pass()

    def _undone(self, element: Element) -> frozenset[str] | None:
        """The activities that a compensation names: the one, and what lies in it; None for all of the scope."""
        named = element.trigger.activity
        if not named:
            return None
        if named not in self.elements:
            self.tell("no-activity", element, named)
        found = {named}
        for other in self.process.elements:  # an element stands in the file before what lies in it
            if other.parent in found:
                found.add(other.id)
        return frozenset(found)

    def _message(self, element: Element) -> str:
        event = element.arrive or element.trigger.name
        if not event:
            self.tell("no-event", element)
        return event

    def _signal(self, element: Element) -> str:
        if not element.trigger.name:
            self.tell("no-signal", element)
        return element.trigger.name

    def _pause(self, element: Element) -> Pause | Pass:
        trigger = element.trigger
        stated = trigger.duration or trigger.date or trigger.cycle
        when = read_when(trigger)
        if not stated:
            self.tell("no-duration", element)
        elif when is None:
            self.tell("bad-duration" if trigger.duration else "bad-timer", element, stated)
        elif when.name:
            if self.types.get(when.name) not in ("date", "datetime"):
                self.tell("no-moment", element, when.name)
            self.used.add(when.name)
        return Pause(when, term(trigger.duration, element.care.counts)) if when else Pass()

    def _work(self, element: Element) -> Work:
        self.check_care(element)
        if not element.role:
            self.tell("no-role", element)
        elif element.role not in self.known.roles:
            self.tell("unknown-role", element, element.role)
        if not element.due:
            self.tell("no-due", element, level=WARNING)
        if element.due and term(element.due) is None:
            self.tell("bad-duration", element, element.due)
        for named in (element.fields, element.checks, element.outcomes):
            self.check_names(element, [one.name for one in named])
        if element.outcomes and all(outcome.sends_back for outcome in element.outcomes):
            self.tell("only-back", element)
        if element.holds:
            self.fact(element, element.holds)
        same = self.elements.get(element.same_as or element.id)
        if same is None or same.kind not in ("userTask", "manualTask"):
            self.tell("same-as", element, element.same_as)
        return Work(
            role=element.role,
            instruction=element.instruction,
            fields=element.fields,
            checks=element.checks,
            outcomes=element.outcomes,
            same_as="" if element.loop and not element.same_as else element.same_as or element.id,
            holds=element.holds,
            term=term(element.due, element.care.counts),
            care=element.care,
            form=self._form(element),
            assignment=element.assignment,
            gives=self._gives(element),
        )

    def _gives(self, element: Element) -> frozenset[str]:
        """What the table of a work item says of it: person, role, skill, priority."""
        if not element.assignment:
            return frozenset()
        asked = self.known.decisions.get(element.assignment)
        if asked is None or asked.subject != self.process.subject:
            self.tell("unknown-decision", element, element.assignment)
            return frozenset()
        given = {name: kind for name, kind in asked.outputs.items() if ASSIGNED.get(name) == kind}
        if not given:
            self.tell("assigns-nothing", element, element.assignment)
        return frozenset(given)

    def _form(self, element: Element) -> Form:
        form, wrong = read_form(element.fields, {**self.names, **self.facts})
        for name, why in wrong:
            self.tell("condition", element, f"{name}: {why}")
        self.used |= form.names
        return form

    def check_care(self, element: Element | Process) -> None:
        """Tell what is wrong with how an element is cared for."""
        works = {one.id for one in self.elements.values() if one.kind == "userTask"}
        for code, what in problems_of(element.care, self.known.roles, works):
            self.tell(code, element, what)

    def _step(self, element: Element) -> Step:
        if not element.command:
            self.tell("no-command", element)
        elif element.command not in self.known.commands:
            self.tell("unknown-command", element, element.command)
        for argument in element.arguments:
            if (argument.value is not None) + bool(argument.fact) + bool(argument.field) != 1:
                self.tell("argument", element, argument.name)
            if argument.fact:
                self.fact(element, argument.fact)
            if argument.field and argument.field not in self.names:
                self.tell("unknown-field", element, argument.field)
        names = [argument.name for argument in element.arguments]
        self.check_names(element, names)
        shape = self.known.commands.get(element.command)
        if shape:
            for name in sorted(set(names) - shape.arguments):
                self.tell("unknown-argument", element, name)
            for name in sorted(shape.required - set(names)):
                self.tell("missing-argument", element, name)
        return Step(element.command, element.arguments)

    def _script(self, element: Element) -> Does:
        if not element.script:
            self.tell("no-script", element)
            return Pass()
        if element.language:
            self.tell("language", element, element.language)
            return Pass()
        self.check_names(element, [element.result])
        expression = self.expression(element, element.script)
        return Script(expression, element.result) if expression else Pass()

    def _decide(self, element: Element) -> Does:
        asked = self.known.decisions.get(element.decision)
        if asked is None or asked.subject not in ("", self.process.subject):
            self.tell("unknown-decision" if element.decision else "no-decision", element, element.decision)
            return Pass()
        for name, kind in asked.inputs.items():
            if self.types.get(name) != kind:
                self.tell("decision-input", element, name)
        self.used |= asked.inputs.keys()
        return Decide(element.decision, frozenset(asked.inputs), frozenset(asked.outputs))

    def _default(self, element: Element, ways: tuple[Way, ...]) -> Way | None:
        if len(ways) == 1 and ways[0].condition is None:
            return ways[0]
        default = next((way for way in ways if way.flow == element.default), None)
        if element.default and default is None:
            self.tell("bad-default", element, element.default)
        asked = {flow.id for flow in self.flows if flow.condition} | self.always
        if any(way.flow not in asked for way in ways if way is not default):
            self.tell("no-condition", element)
        if default is None and not any(way.flow in self.always for way in ways):
            self.tell("no-default", element, level=WARNING)
        return default

    def _call(self, element: Element) -> Call:
        if not element.called:
            self.tell("no-map", element)
        elif element.called not in self.known.maps:
            self.tell("unknown-map", element, element.called)
        return Call(element.called)

    def _wait(self, element: Element) -> Wait:
        return Wait(self._message(element))

    def repeat(self, element: Element) -> Repeat | None:
        """How often an activity is done, by its loop marker; None without one."""
        loop = element.loop
        if loop is None:
            return None
        if loop.odd:
            self.tell("loops", element, loop.odd)
        elif not loop.count and not (loop.kind == "loop" and loop.condition):
            self.tell("no-loop-end" if loop.kind == "loop" else "no-count", element)
        count = self.expression(element, loop.count) if loop.count else None
        if count and count.type != "number":
            self.tell("bad-count", element, loop.count)
        more: dict[str, FactType] = dict.fromkeys([*COUNTS, *_counted(element)], "number")
        until = self.condition(element, loop.condition, more) if loop.condition else None
        self.used -= more.keys()
        return Repeat(loop.kind, count, until, loop.before)


def _counted(element: Element) -> Iterator[str]:
    for outcome in element.outcomes:
        yield f"count_{outcome.name}"
