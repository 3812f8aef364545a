"""Who answers for each step: somebody does it (its role) and somebody is accountable for it, named at the step or for the whole map.

The running engine needs only the role; people publish no map in which a step has nobody who answers for it."""

from collections.abc import Iterator

from .drawn import Process
from .problems import Problem


def unanswered(process: Process) -> Iterator[Problem]:
    """A problem for each work item for which nobody is accountable."""
    if process.care.accountable:
        return
    for element in process.elements:
        works = element.kind == "userTask" or (element.kind == "manualTask" and element.role)
        if works and not element.care.accountable:
            yield Problem("no-accountable", element.id, element.label.text)
