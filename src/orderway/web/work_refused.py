"""What of a work item is refused to the reader now: its verbs are off, with why and what to do."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from .advice import WORK
from .refusing import kept_back, link, unless


def ways_on(request: HttpRequest, form: Any, outcomes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The verbs of an open item as the reader may use them, what stops them, and the way to all that may be done with it."""
    stopped = kept_back(request, WORK, form.row.id, "workflow.complete") if form.state == "open" else ""
    return {
        "outcomes": [unless(stopped, one) for one in outcomes],
        "stopped": stopped,
        "why_not": link(WORK, form.row.id),
    }
