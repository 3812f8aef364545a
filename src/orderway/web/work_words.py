"""The words for codes of calendars, absences and work, in the reader's language; words.py joins them with the others."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

Text = str | Promise
WEEKDAYS: Mapping[int, Text] = {
    1: lazy("Monday"),
    2: lazy("Tuesday"),
    3: lazy("Wednesday"),
    4: lazy("Thursday"),
    5: lazy("Friday"),
    6: lazy("Saturday"),
    7: lazy("Sunday"),
}
ABSENCE_KINDS: Mapping[str, Text] = {
    "vacation": lazy("Vacation"),
    "sick": lazy("Sick"),
    "training": lazy("Training"),
    "other": lazy("Other"),
}
ABSENCE_STATES: Mapping[str, Text] = {
    "requested": lazy("Asked for"),
    "approved": lazy("Approved"),
    "refused": lazy("Refused"),
    "withdrawn": lazy("Withdrawn"),
}
RACI: Mapping[str, Text] = {
    "accountable": lazy("Answers for it"),
    "consulted": lazy("To be asked"),
    "informed": lazy("To be told"),
}
PRIORITIES: Mapping[int, Text] = {
    -1: lazy("low priority"),
    0: lazy("normal priority"),
    1: lazy("high priority"),
    2: lazy("urgent"),
}
TICKET_STATES: Mapping[str, Text] = {
    "unscheduled": lazy("To place"),
    "planned": lazy("Planned"),
    "running": lazy("Running"),
    "finished": lazy("Finished"),
    "cancelled": lazy("Withdrawn"),
}
WORK_STATES: Mapping[str, Text] = {
    "open": lazy("Open"),
    "done": lazy("Done"),
    "withdrawn": lazy("Withdrawn"),
}
INTAKE_STATES: Mapping[str, Text] = {
    "received": lazy("Reading"),
    "recognised": lazy("Clear"),
    "review": lazy("Needs eyes"),
    "order": lazy("An order was made of it"),
    "rejected": lazy("Not readable"),
    "not_an_order": lazy("No order"),
}
INVOICE_STATES: Mapping[str, Text] = {
    "draft": lazy("Draft"),
    "issued": lazy("Issued"),
}
REFUSALS: Mapping[str, Text] = {
    "unknown-department": lazy("There is no department %(department)s."),
    "unknown-timezone": lazy("%(timezone)s is no time zone. Write it like Europe/Berlin."),
    "hours-not-possible": lazy("%(hours)s are no hours of a day. Write them like 08:00–12:00, 13:00–17:00."),
    "hours-overlap": lazy("Two spans of a day overlap."),
    "unknown-holiday": lazy("There is no such day off any more."),
    "span-not-possible": lazy(
        "These days are not possible: the last must not lie before the first, nor over a year later."
    ),
    "cannot-approve": lazy("A manager or an administrator other than yourself has to approve it."),
    "own-deputy": lazy("Nobody stands in for themselves."),
    "absence-over": lazy("%(last)s is over. Only who was ill enters it afterwards."),
    "already-away": lazy(
        "An absence from %(first)s to %(last)s is entered already. Choose other days, or withdraw that one first."
    ),
    "deputies-in-a-circle": lazy(
        "On some of these days you would stand in for each other in a circle. Choose somebody else."
    ),
    "unknown-absence": lazy("There is no such absence."),
    "own-absence": lazy("Nobody decides their own absence, nor one in which they stand in."),
    "absence-settled": lazy("This absence is settled already."),
    "four-eyes": lazy("Four eyes: you, or who you stand in for, had a hand in it before. Somebody else has to decide."),
    "voted-already": lazy("You, or who you stand in for, have voted here already. Somebody else gives the next vote."),
    "asked-to-agree": lazy("You are asked to agree to this step, so somebody else has to decide it first."),
    "asked-by-name": lazy("You were asked for this by name; it cannot be handed over."),
    "own-approval": lazy("Nobody is asked to agree to what they started. Choose somebody else."),
    "nobody-else": lazy("Nobody else holds the role that decides this step. Choose somebody else to agree."),
    "unknown-step": lazy("Nobody else can be asked at this step."),
    "unknown-instance": lazy("It is not on its way any more."),
    "not-the-starter": lazy("Only who started it may add to it."),
    "may-not-start": lazy("This map is started by others. Its start page says by whom."),
    "no-such-subject": lazy("There is nothing like that to start it for."),
    "subject-missing": lazy("Choose what it is about."),
    "title-missing": lazy("Give it a name."),
    "not-in-the-future": lazy("Choose a moment that is still to come."),
    "unknown-priority": lazy("There is no such priority."),
    "unknown-question": lazy("There is no such question."),
    "already-answered": lazy("The question was answered already."),
    "text-missing": lazy("Write something."),
    "unknown-link": lazy("This link is not known."),
    "link-used": lazy("This link was used; it counts once."),
    "link-expired": lazy("This link has expired."),
}


def for_whom(row: Any) -> str:
    """Whom the reader stands in for with a work item; "" for their own."""
    return _("For %(who)s, who is away") % {"who": row.acting_for} if row.acting_for else ""


def decided(form: Any, outcome: str) -> str:
    """What was decided, in the words of the map; "done" where it has none."""
    return next((label for name, label, _back in form.outcomes if name == outcome and label), "") or _("done")
