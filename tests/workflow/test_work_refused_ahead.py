"""Why not?: what keeps a person from deciding, taking, handing over or putting off a work item is told ahead as the acts say it (OW-05)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import told_ahead
from workflow_trial import SYSTEM, drawing, flows, publish, trials, work

from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.people.commands import AdmitPerson
from orderway.people.queries import actor_of
from orderway.workflow.commands.later import PrioritiseWork, SnoozeWork
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.work import CompleteWork, HandOver
from orderway.workflow.refusing import WorkLeaves, judges

pytestmark = pytest.mark.usefixtures("trial")


@pytest.fixture
def second(shop: Any) -> Iterator[Any]:
    """A second manager of the same company."""
    (id,) = run("people.admit", SYSTEM, [AdmitPerson("m3@kessler.example", "Third Manager", ["manager"])]).done
    return actor_of(id, shop.company)


def begun() -> None:
    """A sheet that a manager fills in and another manager has to approve."""
    care = 'o:notBy="fill"'
    publish(drawing(work("fill", "filled") + work("approve", "ok", "back", more=care) + flows("s fill approve e")))
    (subject,) = trials()
    assert run("workflow.start", SYSTEM, [StartMap("trial_map", subject)]).ok


def waiting(actor: Any) -> Any:
    return ask("workflow.work", actor, which="all").rows[0]


def told(shop: Any, actor: Any, item: int, outcome: str) -> dict[str, list[str]]:
    """What a person is told; changing the priority is a manager's."""
    later = clock.now() + timedelta(days=3)
    tries: dict[str, tuple[Any, Any]] = {
        "workflow.complete": (actor, CompleteWork(item, outcome)),
        "workflow.claim": (actor, Ref(item)),
        "workflow.hand_over": (actor, HandOver(item)),
        "workflow.snooze": (actor, SnoozeWork(item, later)),
        "workflow.prioritise": (shop.manager, PrioritiseWork(item, 1)),
    }
    neutral = WorkLeaves(item, "open", None, "", "", None, False, actor.id, (), (), False, ())
    return told_ahead.told("workflow.why_not", judges, actor, item, tries, neutral)


def test_work_of_another_role_or_with_a_colleague_says_whose_it_is(shop: Any, second: Any) -> None:
    begun()
    item = waiting(shop.manager).id
    assert set(map(tuple, told(shop, shop.manager, item, "filled").values())) == {()}
    assert told(shop, shop.auditor, item, "filled")["complete"] == ["not-your-role"]
    assert ask("workflow.why_not", shop.stranger, id=item) is None
    assert run("workflow.claim", shop.manager, [Ref(item)]).ok
    found = told(shop, second, item, "filled")
    assert found == {
        "complete": ["somebody-else-has-it"],
        "claim": ["somebody-else-has-it"],
        "hand_over": ["somebody-else-has-it"],
        "snooze": ["somebody-else-has-it"],
        "prioritise": [],
    }


def test_who_filled_the_sheet_in_is_told_before_that_another_has_to_approve_it(shop: Any, second: Any) -> None:
    begun()
    assert run("workflow.complete", shop.manager, [CompleteWork(waiting(shop.manager).id, "filled")]).ok
    item = waiting(shop.manager).id
    found = told(shop, shop.manager, item, "ok")
    assert (found["complete"], found["hand_over"]) == (["four-eyes"], [])
    assert told(shop, second, item, "ok")["complete"] == []
    assert run("workflow.complete", second, [CompleteWork(item, "ok")]).ok
    assert {tuple(codes) for codes in told(shop, second, item, "ok").values()} == {("already-done",)}
