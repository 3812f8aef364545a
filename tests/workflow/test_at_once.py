"""Several people, workers and trade commands at the same subjects at the same time."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import workflow_trial
import world
from django.db import connection, transaction
from workflow_trial import SYSTEM, drawing, flows, log, publish, standing, step, trials, wait, work

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command, commands
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.move_over import MoveOver
from orderway.workflow.commands.proceed import GiveSignal, StartMap, arrive, drain
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

held, go_on = threading.Event(), threading.Event()


def _hold(_: Context, rows: Sequence[Any]) -> Outcome:
    """A step that takes its time."""
    held.set()
    go_on.wait(10)
    return Outcome([row.id for row in rows])


if "tests.hold" not in commands:
    command("tests.hold", row=Ref)(_hold)


def drawn(body: str) -> str:
    """A map of this file's own: its instances stay for the tests that come after."""
    return drawing(body, "together")


@pytest.fixture
def people(committed: None) -> Any:
    """The shop and the trial table, really written."""
    workflow_trial.make_table()
    return world.known()


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts in threads of their own, let them begin at the same moment, and give back what they answered."""
    answers: list[Any] = [None] * len(acts)
    begin = threading.Barrier(len(acts))

    def act(index: int) -> None:
        try:
            begin.wait()
            answers[index] = acts[index]()
        except Exception as error:
            answers[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_who_publish_at_once_close_no_ring_of_calls(people: Any) -> None:
    def calls(key: str, called: str) -> PublishMap:
        call = f'<callActivity id="c" name="Call {called}" calledElement="{called}"/>'
        return PublishMap(drawing(step("x", "a") + call + flows("s x c e"), key))

    for turn in range(5):
        one, other = f"ring_a{turn}", f"ring_b{turn}"
        publish(*(drawing(step("x", "a") + flows("s x e"), key) for key in (one, other)))
        answers = together(
            lambda one=one, other=other: run("workflow.publish", SYSTEM, [calls(one, other)]),
            lambda one=one, other=other: run("workflow.publish", SYSTEM, [calls(other, one)]),
        )
        assert sorted(answer.ok for answer in answers) == [False, True], turn
        (refused,) = next(answer for answer in answers if not answer.ok).refused
        assert refused.facts["problems"][0]["code"] == "calls-itself"


def test_of_two_who_approve_the_same_item_one_wins_and_the_other_is_told(people: Any) -> None:
    publish(drawn(work("w") + step("x", "a") + flows("s w x e")))
    ids = trials(5)
    run("workflow.start", SYSTEM, [StartMap("together", id) for id in ids])
    for id in ids:
        (item,) = ask("workflow.work", SYSTEM, which="all", subject_type="trial", subject=id).rows
        approve = [CompleteWork(item.id)]
        outcomes = together(*[lambda rows=approve: run("workflow.complete", people.manager, rows)] * 2)
        assert sorted(outcome.ok for outcome in outcomes) == [False, True]
        (refusal,) = next(outcome.refused for outcome in outcomes if not outcome.ok)
        assert (refusal.code, refusal.facts["by"]) == ("already-done", people.manager.id)
        assert log(id) == ["a"]


def test_workers_persons_and_trade_commands_never_run_a_step_twice_nor_stop_each_other(people: Any) -> None:
    both = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    body = both + wait("v", "go") + step("x", "a") + work("w") + step("y", "b") + step("z", "c")
    publish(drawn(body + flows("s f v x j", "f w y j z e")))
    ids = trials(60)
    run("workflow.start", SYSTEM, [StartMap("together", id) for id in ids])
    items = ask("workflow.work", SYSTEM, which="all", map="together", size=200).rows
    todo = [CompleteWork(item.id) for item in items if item.subject_id in set(ids)]
    assert len(todo) == 60

    def trade(part: list[int]) -> None:
        for id in part:
            with transaction.atomic():
                fetch("update trial set total = total + 1 where id = %(id)s returning id", {"id": id})
                arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [id], "go")

    def persons(part: list[CompleteWork]) -> None:
        for at in range(0, len(part), 7):
            assert run("workflow.complete", people.manager, part[at : at + 7]).ok

    answers = together(
        lambda: trade(ids[::2]), lambda: trade(ids[1::2]), lambda: persons(todo[::2]), lambda: persons(todo[1::2]),
        *[lambda: [drain() for _ in range(15)]] * 2,
    )  # fmt: skip
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    drain()
    for id in ids:
        assert sorted(log(id)) == ["a", "b", "c"]
        assert log(id)[-1] == "c"
        assert standing(id) == []


def told_while_it_begins(id: int, other: int) -> None:
    """While one subject begins and nobody can see it, `go` arrives for it and for another, and a worker looks: it is taken and kept."""
    begun, arrived = threading.Event(), threading.Event()

    def begin() -> None:
        with transaction.atomic():
            assert run("workflow.start", SYSTEM, [StartMap("together", id)]).ok
            begun.set()
            assert arrived.wait(20)

    def tell() -> None:
        assert begun.wait(20)
        arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [id, other], "go")
        drain()
        arrived.set()

    assert together(begin, tell) == [None, None]
    drain()
    assert log(id) == ["a"]
    states = fetch("select subject_id, state from arrival where subject_type = 'trial' order by subject_id", {})
    assert [(row.subject_id, row.state) for row in states] == [(id, "taken"), (other, "kept")]


def test_what_arrives_while_a_map_begins_is_found_by_it(people: Any) -> None:
    """The worker must not set it aside as nobody's because the one who begins has not committed yet."""
    publish(drawn(wait("v", "go") + step("x", "a") + flows("s v x e")))
    (id, nobody) = trials(2)
    told_while_it_begins(id, nobody)
    assert standing(id) == []


def test_what_arrives_while_another_map_of_the_subject_comes_to_wait_is_found_by_it(people: Any) -> None:
    """A worker that moves one map of a subject must not set aside what is for the other, which a person moves just now."""
    publish(
        drawing(wait("v", "never") + flows("s v e"), "beside"),
        drawn(work("w", "good") + wait("v", "go") + step("x", "a") + flows("s w v x e")),
    )
    (id,) = trials()
    run("workflow.start", SYSTEM, [StartMap("together", id), StartMap("beside", id)])
    (item,) = ask("workflow.work", SYSTEM, which="all", subject_type="trial", subject=id).rows
    completed, arrived = threading.Event(), threading.Event()

    def complete() -> None:
        with transaction.atomic():
            assert run("workflow.complete", people.manager, [CompleteWork(item.id, "good")]).ok
            completed.set()
            assert arrived.wait(20)

    def tell() -> None:
        assert completed.wait(20)
        arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [id], "go")
        drain()
        arrived.set()

    assert together(complete, tell) == [None, None]
    drain()
    assert log(id) == ["a"]


def test_what_arrives_while_a_second_map_of_the_subject_begins_is_found_by_it(people: Any) -> None:
    """Nor because a second map of the subject begins, which nobody can see yet."""
    publish(
        drawing(wait("v", "never") + flows("s v e"), "beside"),
        drawn(wait("v", "go") + step("x", "a") + flows("s v x e")),
    )
    (id, other) = trials(2)
    run("workflow.start", SYSTEM, [StartMap("beside", id), StartMap("beside", other)])
    told_while_it_begins(id, other)


def test_a_signal_for_one_map_of_a_subject_is_not_taken_by_the_other(people: Any) -> None:
    hear = '<intermediateCatchEvent id="h"><signalEventDefinition signalRef="g"/></intermediateCatchEvent>'
    signals = drawing(hear + step("x", "a") + flows("s h x e"), "beside")
    publish(
        signals.replace("<error ", '<signal id="g" name="open"/><error ', 1),
        drawn(work("w", "good") + wait("v", "go") + flows("s w v e")),
    )
    (id,) = trials()
    run("workflow.start", SYSTEM, [StartMap("together", id), StartMap("beside", id)])
    (item,) = ask("workflow.work", SYSTEM, which="all", subject_type="trial", subject=id).rows
    assert run("workflow.signal", SYSTEM, [GiveSignal("open")]).ok
    assert run("workflow.complete", people.manager, [CompleteWork(item.id, "good")]).ok
    drain()
    assert log(id) == ["a"]
    assert fetch("select id from arrival where state = 'new'", {}) == []


def test_begins_do_not_wait_for_each_other_and_many_arrivals_find_their_way(people: Any) -> None:
    """Starts in sets and one by one, arrivals and two workers at the same time: each subject goes through once."""
    publish(drawn(wait("v", "go") + step("x", "a") + flows("s v x e")))
    ids = trials(240)

    def begin(parts: list[list[int]]) -> None:
        for part in parts:
            assert run("workflow.start", SYSTEM, [StartMap("together", id) for id in part]).ok

    def tell() -> None:
        for at in range(0, 240, 5):
            arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", ids[at : at + 5], "go")

    answers = together(
        lambda: begin([[id] for id in ids[:60]]),
        lambda: begin([ids[60:150], ids[150:]]),
        tell,
        *[lambda: [drain() for _ in range(20)]] * 2,
    )
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    drain()
    assert {id: log(id) for id in ids} == {id: ["a"] for id in ids}


def test_moving_back_waits_for_who_is_completing_and_then_sees_that_they_went_on(people: Any) -> None:
    """A called map's own row is locked by nobody: only its root keeps the two apart."""
    inner = drawing(
        work("look", "good") + step("slow", "hold") + work("then", "good") + flows("s look slow then e"), "inside"
    )
    publish(inner, drawn('<callActivity id="call" calledElement="inside"/>' + flows("s call e")))
    (id,) = trials()
    run("workflow.start", SYSTEM, [StartMap("together", id)])
    publish(inner.replace('id="then" name="then"', 'id="then" name="after that"'))
    (child,) = fetch(
        "select id from process_instance where subject_type = 'trial' and subject_id = %(id)s and parent_id is not null",
        {"id": id},
    )
    (number,) = [run("workflow.move_over", SYSTEM, [MoveOver(child.id)]).values["undo"]]
    (item,) = ask("workflow.work", SYSTEM, which="all", subject_type="trial", subject=id).rows
    held.clear()
    go_on.clear()

    def back() -> Outcome:
        assert held.wait(10)
        threading.Timer(0.5, go_on.set).start()
        return run("kernel.undo", SYSTEM, [Ref(number)])

    completed, undone = together(
        lambda: run("workflow.complete", people.manager, [CompleteWork(item.id, "good")]), back
    )
    assert completed.ok
    assert {refusal.code for refusal in undone.refused} == {"changed-since"}
    assert ("then", "waiting") in standing(id)
    (now,) = fetch(
        "select v.number from process_instance i join process_version v on v.id = i.version_id where i.id = %(id)s",
        {"id": child.id},
    )
    assert now.number == 2
