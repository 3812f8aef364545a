"""What can be wrong with a map, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

ERROR, WARNING = "error", "warning"
WHY = {
    "no-process": _(
        "No process of the file is marked as executable. Tick “This map is meant to run” in the properties of the map."
    ),
    "several-processes": _("The file has more than one executable process; publish them one by one."),
    "no-subject": _("It is not said what runs through the map. Choose it in the properties of the map."),
    "unknown-subject": _("Nothing here is called %(what)s. Choose another thing that runs through the map."),
    "cannot-run": _("A %(what)s cannot run here. Put another element in its place."),
    "no-kind": _(
        "It does not say what kind of task it is: user, manual, service, script, send, receive or business rule."
    ),
    "language": _("It is written in %(what)s, and only FEEL is read here."),
    "nothing-there": _("It refers to %(what)s, which the file does not hold."),
    "bad-default": _(
        "The way %(what)s that is taken otherwise does not leave from here. Tick “Otherwise” on one that does."
    ),
    "loops": _("The loop marker uses %(what)s, which cannot run."),
    "no-count": _("It is not said how many times it is to be done. Fill in “How many of them”."),
    "bad-count": _("%(what)s is no number: neither a fact, nor a form field, nor a figure."),
    "no-loop-end": _("It would go round for ever: give a condition or the largest number of rounds."),
    "no-start": _("The map has no start. Draw one and join it to the first step."),
    "several-starts": _("There is more than one plain start. Leave one, and let the others wait for something."),
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
    "no-signal": _("It is not said which signal. Choose or name it."),
    "no-code": _("It is not said which code. Fill it in, so that it can be caught."),
    "bad-timer": _("%(what)s is no moment like 2026-01-31T08:00:00Z and no cycle like R3/PT4H."),
    "no-moment": _("There is no fact or form field %(what)s that holds a date or a moment."),
    "no-script": _("The script is empty. Write in FEEL what it works out, or delete the step."),
    "expression": _("The expression cannot be used: %(what)s."),
    "no-decision": _("The step names no table. Choose which one decides."),
    "unknown-decision": _("There is no published table %(what)s. Choose another one, or publish it first."),
    "assigns-nothing": _("The table %(what)s gives neither a person nor a role (texts) nor a priority (a number)."),
    "decision-input": _("The decision needs %(what)s, which no fact and no form field of this map holds."),
    "broken-flow": _("The way starts or ends at something that is not on this map. Draw it again."),
    "dead-end": _("Nothing follows here and it is not an end. Draw a way on, or an end."),
    "after-end": _("Something follows after an end. Delete the way from there."),
    "unreachable": _("No way leads here from the start. Draw one, or delete it."),
    "no-command": _("It is not said what the step does. Choose what runs."),
    "unknown-command": _("Nothing that could run is called %(what)s. Choose another one."),
    "unknown-argument": _("The command takes no argument %(what)s."),
    "missing-argument": _("The command needs the argument %(what)s."),
    "no-role": _("It is not said who does it. Choose a role."),
    "unknown-role": _("There is no role %(what)s. Choose another one."),
    "no-accountable": _("Nobody answers for it. Choose who is accountable, here or for the whole map."),
    "no-due": _("It has no deadline. Say after how long it is due."),
    "bad-duration": _(
        "%(what)s is no duration like P2D (days), P1M (a month) or PT4H (hours), or it is longer than a thousand years."
    ),
    "no-event": _("It is not said what it waits for. Choose it."),
    "no-duration": _("It is not said how long it waits. Fill in a number and choose the unit."),
    "no-map": _("It is not said which map it runs. Choose it."),
    "unknown-map": _("There is no published map %(what)s. Choose another one, or publish it first."),
    "condition": _("The condition cannot be used: %(what)s."),
    "unknown-outcome": _(
        "Nothing on this map can be decided with %(what)s. Choose what the step before really offers."
    ),
    "no-condition": _("A way out of here has no condition. Choose one for it, or tick “Otherwise” on it."),
    "no-default": _("When no condition holds, it would not go on. Tick “Otherwise” on one way."),
    "condition-ignored": _("A condition counts only on the ways after a step or a decision. Take it away here."),
    "only-back": _("All that can be decided sends back. Add something with which it goes on."),
    "double-name": _("The name %(what)s is used twice here. Change one of them."),
    "bad-name": _("%(what)s is no name: letters, digits and _, starting with a letter."),
    "name-is-fact": _("The form field %(what)s has the name of something that is known already. Give it another name."),
    "field-type": _("The form field %(what)s is used with two types, or with one that does not exist."),
    "no-choices": _("The form field %(what)s offers no choices. Write them down, one a line."),
    "unknown-fact": _("Nothing is known under %(what)s. Choose another one."),
    "unknown-field": _("No form of this map has the field %(what)s. Choose another one, or add it to a form."),
    "argument": _("The argument %(what)s needs exactly one of value, fact or field."),
    "same-as": _("%(what)s is no step for people on this map. Choose another one."),
    "spins": _(
        "The way comes back here without anything to wait for, and would run for ever. Put a step or a time on it."
    ),
    "calls-itself": _(
        "The call comes back to this map without anything to wait for, and would run for ever: %(what)s. Put a step or a time on the way."
    ),
    "long-label": _("The name is longer than 40 characters. Shorten it; details belong in the instruction."),
    "no-label": _("It has no name. Say in a few words what is done."),
    "not-bpmn": _("The drawing cannot be read: %(what)s."),
    "no-instruction": _("It is not said what to do and how. Write an instruction."),
    "many-words": _("The name has more than four words. Shorten it; details belong in the instruction."),
    "mixed-style": _("Most steps are called by what is done (%(what)s); this one is not. Give it a name of that kind."),
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
