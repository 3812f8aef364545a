"""Whatever cannot go on stands on the desk with its cause in words, and goes on when it is tried again."""

import json
from typing import Any

import pytest
from notation import Writer, read_scope
from workflow_trial import SYSTEM, change, log, publish, standing, trials

from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.web.refusal_words import REFUSALS, refusal_text
from orderway.workflow.commands.proceed import StartMap, StopMap
from orderway.workflow.commands.work import CompleteWork

pytestmark = pytest.mark.usefixtures("trial")
STUCK = [
    ("no-a", ["(s) -> [a] -> (e)"], {"refuses": "a"}, {"refuses": ""}),
    ("broken", ["(s) -> [a] -> (e)"], {"breaks": "a"}, {"breaks": ""}),
    ("no-a", ["(s) -> [p] -> (e)", "sub p | 2 in turn:", "  (s2) -> [a] -> (e2)"], {"refuses": "a"}, {"refuses": ""}),
    ("no-way", ["(s) -> <x g> -[flag]-> [a] -> (e)"], {}, {"flag": True}),
    ("no-way", ["(s) -> <o g> -[flag]-> [a] -> (e)"], {}, {"flag": True}),
    ("no-count", ["(s) -> [a | total] -> (e)"], {"total": None}, {"total": 1}),
    ("no-count", ["(s) -> [a | total] -> (e)"], {"total": 5000}, {"total": 1}),
    ("no-moment", ["(s) -> ((t: timer ready_on)) -> [a] -> (e)"], {}, {"ready_on": "2026-01-01"}),
    ("no-a", ["(s) -> [b] -> ((u: throw undo)) -> (e)", "b @ undo -> [a]"], {"refuses": "a"}, {"refuses": ""}),
]


@pytest.mark.parametrize(("code", "lines", "facts", "mended"), STUCK)
def test_it_is_told_and_tried_again(code: str, lines: list[str], facts: dict[str, Any], mended: dict[str, Any]) -> None:
    publish(Writer("stuck").map("stuck", read_scope(lines)))
    (id,) = trials(**facts)
    run("workflow.start", SYSTEM, [StartMap("stuck", id)])
    (told,) = fetch("select code, facts from desk_exception where subject_id = %(id)s", {"id": id})
    said = json.loads(told.facts)
    assert told.code == code
    assert code.startswith("no-a") or (code in REFUSALS and "%(" not in refusal_text(Refusal(code, id, said)))
    assert "a" not in log(id)
    change(id, **mended)
    assert run("workflow.retry", SYSTEM, [Ref(token) for token in said["tokens"]]).ok
    assert "a" in log(id) or standing(id) == [("t", "waiting")]
    assert not [place for place in standing(id) if place[1] == "stuck"]


@pytest.mark.parametrize("how", ["stopped", "terminated"])
def test_what_is_gone_stands_on_the_desk_no_longer(how: str) -> None:
    lines = ["(s) -> <+ f> -> [a] -> (e)", "<+ f> -> {go} -> (x: terminate)"]
    publish(Writer("gone").map("gone", read_scope(lines)))
    (id,) = trials(refuses="a")
    run("workflow.start", SYSTEM, [StartMap("gone", id)])
    count = "select state from desk_exception where subject_id = %(id)s"
    assert [row.state for row in fetch(count, {"id": id})] == ["open"]
    if how == "stopped":
        run("workflow.stop", SYSTEM, [StopMap("trial", id, "not wanted")])
    else:
        (item,) = ask("workflow.work", SYSTEM, which="all", subject=id).rows
        run("workflow.complete", SYSTEM, [CompleteWork(item.id)])
    assert standing(id) == []
    assert [row.state for row in fetch(count, {"id": id})] == ["closed"]
