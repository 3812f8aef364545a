"""Each step has somebody who does it and somebody who answers for it; people publish no map without."""

from pathlib import Path

import pytest
from workflow_trial import drawing, flows, publish, trials, work

import orderway.workflow
from orderway.kernel.running import ask, run
from orderway.workflow.bpmn import read_map
from orderway.workflow.commands.draft import PublishDraft, SaveDraft
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.duties import unanswered

pytestmark = pytest.mark.usefixtures("trial")
HOME = Path(orderway.workflow.__path__[0])
SHIPPED = sorted([*(HOME / "maps").glob("*.bpmn"), *(HOME / "gallery").glob("*.bpmn")])
LONELY = drawing(work("a") + flows("s a e"))
BY_STEP = drawing(work("a", more='o:accountable="quality"') + flows("s a e"))
BY_MAP = LONELY.replace('o:subject="trial"', 'o:subject="trial" o:accountable="planner"')


def test_nobody_publishes_a_map_in_which_a_step_has_nobody_who_answers_for_it(shop):
    refused = run("workflow.publish", shop.administrator, [PublishMap(LONELY)]).refused
    (problem,) = refused[0].facts["problems"]
    assert (refused[0].code, problem["code"], problem["element"]) == ("cannot-run", "no-accountable", "a")
    assert run("workflow.save_draft", shop.administrator, [SaveDraft("trial_map", LONELY)]).ok
    assert not run("workflow.publish_draft", shop.administrator, [PublishDraft("trial_map")]).ok
    without_role = BY_MAP.replace('o:role="manager"', "")
    codes = {
        one["code"]
        for one in run("workflow.publish", shop.administrator, [PublishMap(without_role)]).refused[0].facts["problems"]
    }
    assert "no-role" in codes


@pytest.mark.parametrize("xml", [BY_STEP, BY_MAP])
def test_the_step_or_the_whole_map_names_who_answers(xml, shop):
    assert run("workflow.publish", shop.administrator, [PublishMap(xml)]).ok
    (id,) = trials()
    assert run("workflow.start", shop.manager, [StartMap("trial_map", id)]).ok
    (row,) = ask("workflow.work", shop.manager, subject=id).rows
    assert ask("workflow.work_item", shop.manager, id=row.id).raci["accountable"] in (("quality",), ("planner",))


def test_the_drawing_page_tells_it_before_anybody_publishes(shop):
    told = ask("workflow.lint", shop.administrator, xml=LONELY)
    assert ("no-accountable", "error") in [(one.code, one.level) for one in told.problems]
    assert not told.runnable
    assert "no-accountable" not in [one.code for one in ask("workflow.lint", shop.administrator, xml=BY_MAP).problems]


def test_a_map_published_by_a_program_needs_only_what_runs():
    publish(LONELY)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_every_map_that_is_shipped_says_who_answers(file):
    for process in read_map(file.read_bytes()):
        assert list(unanswered(process)) == []
