"""What can be wrong with a map, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

ERROR, WARNING = "error", "warning"
WHY = {
    "no-process": _("The file has no process that is marked as executable."),
    "several-processes": _("The file has more than one executable process; publish them one by one."),
    "no-subject": _("The process does not say what runs through it (subject)."),
    "unknown-subject": _("Nothing is registered under the subject %(what)s."),
    "cannot-run": _("A %(what)s cannot run yet."),
    "no-kind": _(
        "It does not say what kind of task it is: user, manual, service, script, send, receive or business rule."
    ),
    "language": _("It is written in %(what)s, and only FEEL is read here."),
    "nothing-there": _("It refers to %(what)s, which the file does not hold."),
    "bad-default": _("The default way %(what)s does not leave from here."),
    "loops": _("The loop marker uses %(what)s, which cannot run."),
    "no-count": _("It does not say how many times it is to be done."),
    "bad-count": _("%(what)s is no number: neither a fact, nor a form field, nor a figure."),
    "no-loop-end": _("The loop has neither a condition nor a largest number of rounds."),
    "no-start": _("The map has no start."),
    "several-starts": _("There is more than one plain start."),
    "start-trigger": _("A start that waits for a %(what)s cannot run here."),
    "start-twice": _("Two starts wait for %(what)s."),
    "event-start": _("An event sub-process starts with a message, timer, signal, error or escalation."),
    "clock-subject": _("A map that the clock starts runs for the company, not for a %(what)s."),
    "boundary": _("The event stands at the border of nothing that can have one."),
    "boundary-twice": _("The code %(what)s is caught twice here."),
    "no-undo": _("The compensation event is not joined to an activity for compensation."),
    "no-ways": _("No flow may leave it."),
    "no-activity": _("There is no activity %(what)s on this map."),
    "no-link": _("There is not exactly one place where the link %(what)s lands."),
    "race": _("After an event-based gateway stands %(what)s, which is no event that only comes from here."),
    "no-signal": _("The event does not name its signal."),
    "no-code": _("The event does not say its code."),
    "bad-timer": _("%(what)s is no moment like 2026-01-31T08:00:00Z and no cycle like R3/PT4H."),
    "no-moment": _("There is no fact or form field %(what)s that holds a date or a moment."),
    "no-script": _("The script is empty."),
    "expression": _("The expression cannot be used: %(what)s."),
    "no-decision": _("The step names no decision."),
    "unknown-decision": _("There is no decision %(what)s."),
    "assigns-nothing": _("The table %(what)s gives neither a person nor a role (texts) nor a priority (a number)."),
    "decision-input": _("The decision needs %(what)s, which no fact and no form field of this map holds."),
    "broken-flow": _("The flow starts or ends at something that is not on this map."),
    "dead-end": _("Nothing follows here and it is not an end."),
    "after-end": _("Something follows after an end."),
    "unreachable": _("No way leads here from the start."),
    "no-command": _("The step names no command."),
    "unknown-command": _("There is no command %(what)s."),
    "unknown-argument": _("The command takes no argument %(what)s."),
    "missing-argument": _("The command needs the argument %(what)s."),
    "no-role": _("The work item names no role."),
    "unknown-role": _("There is no role %(what)s."),
    "no-accountable": _("Nobody answers for the work item (accountable), neither here nor for the whole map."),
    "no-due": _("The work item has no due time."),
    "bad-duration": _(
        "%(what)s is no duration like P2D (days), P1M (a month) or PT4H (hours), or it is longer than a thousand years."
    ),
    "no-event": _("The event does not say what it waits for."),
    "no-duration": _("The timer states no duration."),
    "no-map": _("The call names no map."),
    "unknown-map": _("There is no published map %(what)s."),
    "condition": _("The condition cannot be used: %(what)s."),
    "unknown-outcome": _("No work item of this map has the outcome %(what)s."),
    "no-condition": _("A way out of this decision has no condition and is not the default."),
    "no-default": _("Nothing happens when no condition holds: there is no default way."),
    "condition-ignored": _("A condition on a flow counts only after a step or a decision."),
    "only-back": _("Every outcome of the work item sends back."),
    "double-name": _("The name %(what)s is used twice here."),
    "bad-name": _("%(what)s is no name: letters, digits and _, starting with a letter."),
    "name-is-fact": _("The form field %(what)s has the name of a fact."),
    "field-type": _("The form field %(what)s is used with two types, or with one that does not exist."),
    "no-choices": _("The form field %(what)s offers no choices."),
    "unknown-fact": _("There is no fact %(what)s."),
    "unknown-field": _("No form of this map has the field %(what)s."),
    "argument": _("The argument %(what)s needs exactly one of value, fact or field."),
    "same-as": _("%(what)s is no work item of this map."),
    "spins": _("The way comes back here without anything to wait for."),
    "calls-itself": _("The call comes back to this map without anything to wait for: %(what)s."),
    "long-label": _("The label is longer than 40 characters."),
    "no-label": _("It has no label."),
    "not-bpmn": _("The drawing cannot be read: %(what)s."),
    "no-instruction": _("The work item does not say what to do and how (instruction)."),
    "many-words": _("The label has more than four words."),
    "mixed-style": _("Most steps are called by what is done (%(what)s); this one is not."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which element (its id and label). Only an `error` keeps the map from being published."""

    code: str
    element: str
    name: str
    what: str = ""
    level: str = ERROR

    @property
    def why(self) -> str:
        """One sentence for people, in the present language."""
        return str(WHY[self.code]) % {"what": self.what}
