"""The words of a trial: what was assumed, and why a real way cannot be replayed."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ASSUMED: Mapping[str, Text] = {
    "decision-new": _("nobody really decided this; it is let go on, in the time that half of its like took at most."),
    "decision-withdrawn": _("nobody decided this in the end; it is let go on, later than it was withdrawn."),
    "outcome-gone": _("what was really decided is no choice any more; it is let go on."),
    "step-new": _("this never really ran; it is taken as done at once, and changes no facts."),
    "fact-of-today": _("what this asks is not kept for the past; it is answered as it is today."),
    "decision-unknown": _("nobody really asked this; nothing is known of its answer."),
}
WHY: Mapping[str, Text] = {
    "moved-over": _("was moved to another version on its way"),
    "map-broken": _("went by a version that no longer runs"),
    "other-way": _("the unchanged map does not give its real way back, first at: %(where)s"),
    "other-decision": _("the unchanged map does not give its real decisions back, first at: %(where)s"),
    "other-end": _("the unchanged map does not end where it really ended"),
}
