"""A table that a map asks changes: what would break the map is refused; a map that broke all the same stops alone and comes back."""

import hashlib
import json

import growing
import pytest
from test_rule_tasks import COLUMNS, ROUTED, RULES, publish_table, table
from workflow_trial import SYSTEM, publish, standing, trials

from orderway.decisions.commands import PublishTable
from orderway.kernel.access import system_actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.web.refusal_words import refusal_text
from orderway.workflow import published
from orderway.workflow.commands.move_over import MoveOver
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap

RENAMED = table(*RULES).replace('<output name="route"', '<output name="way"')
BOTH = table(("-", "-", "large")).replace(
    COLUMNS, COLUMNS + '<output name="grade" typeRef="string"/>'
).replace('<outputEntry><text>"large"</text></outputEntry>', '<outputEntry><text>"large"</text></outputEntry><outputEntry><text>"b"</text></outputEntry>')  # fmt: skip


def start(id: int) -> list[tuple[str, str]]:
    assert run("workflow.start", SYSTEM, [StartMap("trial_map", id)]).ok
    return standing(id)


def test_a_column_that_a_map_asks_cannot_be_renamed_under_it(trial):
    publish_table(*RULES)
    publish(ROUTED)
    (refusal,) = run("decisions.publish", SYSTEM, [PublishTable(RENAMED, "trial")]).refused
    assert (refusal.code, refusal.facts["table"], refusal.facts["outputs"]) == ("outputs-in-use", "way", "route")
    assert refusal.facts["maps"].startswith("Trial map 1 (Which way")
    assert "Which way" in refusal_text(refusal)
    assert start(trials(1, total=5)[0]) == [("small", "waiting")]


def test_a_column_no_map_asks_for_comes_and_goes_and_the_answers_stay_apart(trial):
    """With one column the table answers a plain value, with two a row: a map that runs has to notice both."""
    publish_table(*RULES)
    publish(ROUTED)
    assert start(trials(1, total=5)[0]) == [("small", "waiting")]
    assert run("decisions.publish", SYSTEM, [PublishTable(BOTH, "trial")]).ok
    assert start(trials(1, total=5)[0]) == [("large", "waiting")]
    publish_table(*RULES)
    (id,) = trials(1, total=5)
    assert start(id) == [("small", "waiting")]
    (row,) = fetch(
        "select values from process_instance where subject_type = 'trial' and subject_id = %(id)s", {"id": id}
    )
    assert json.loads(row.values) == {"route": "small"}


def test_a_column_may_go_when_the_map_and_all_that_run_by_it_ask_for_it_no_more(trial):
    publish_table(*RULES)
    publish(ROUTED)
    (id,) = trials(1, total=5)
    start(id)
    publish(ROUTED.replace('name="Which way" o:decision="way"', 'name="Which way"').replace("businessRuleTask", "manualTask")
            .replace('route = "', 'title = "'))  # fmt: skip
    (refusal,) = run("decisions.publish", SYSTEM, [PublishTable(RENAMED, "trial")]).refused
    assert refusal.facts["maps"].startswith("Trial map 1 "), "one still goes by the version that asks"
    (row,) = fetch("select id from process_instance where subject_type = 'trial' and subject_id = %(id)s", {"id": id})
    assert run("workflow.move_over", SYSTEM, [MoveOver(row.id)]).ok
    assert run("decisions.publish", SYSTEM, [PublishTable(RENAMED, "trial")]).ok


def test_the_same_drawing_asks_each_company_its_own_table(trial):
    neighbour = system_actor(2)
    publish_table(*RULES)
    publish(ROUTED)
    (id,) = trials(1, total=5)
    start(id)
    assert run("decisions.publish", neighbour, [PublishTable(BOTH, "trial")]).ok
    assert run("workflow.publish", neighbour, [PublishMap(ROUTED)]).ok
    (other,) = trials(1, total=5)
    assert run("workflow.start", neighbour, [StartMap("trial_map", other)]).ok
    (row,) = fetch(
        "select values from process_instance where subject_type = 'trial' and subject_id = %(id)s", {"id": other}
    )
    assert json.loads(row.values) == {"route": "large", "grade": "b"}


def put_under(xml: str) -> None:
    """A version of the table from before anybody looked at who asks it."""
    fetch(
        "update decision_version v set xml = %(xml)s, digest = %(digest)s from decision_definition d"
        " where d.id = v.definition_id and d.key = 'way' returning v.id",
        {"xml": xml, "digest": hashlib.sha256(xml.encode()).hexdigest()},
    )


def test_a_map_that_broke_stops_alone_and_runs_again_when_its_table_is_mended(trial, shop):
    publish_table(*RULES)
    publish(ROUTED)
    rows = growing.CASES["workflow.complete"](shop, 2)
    before = {row.id for row in ask("workflow.work", shop.manager, which="waiting").rows}
    (id,) = trials(1, total=5)
    start(id)
    (item,) = ask("workflow.work", SYSTEM, which="all", subject_type="trial", subject=id).rows
    put_under(RENAMED)
    with pytest.raises(published.MapBroken, match="route"):
        ask("workflow.work_item", shop.manager, id=item.id)
    assert (
        {row.id for row in ask("workflow.work", shop.manager, which="waiting").rows}
        >= before
        >= {row.id for row in rows}
    )
    publish_table(*RULES)
    assert ask("workflow.work_item", shop.manager, id=item.id) is not None
    assert start(trials(1, total=5)[0]) == [("small", "waiting")]
