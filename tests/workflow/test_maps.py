"""What a drawing becomes: a graph that runs, or the list of what cannot run, by name."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import translation

import orderway.workflow
from orderway.people.rules import Term
from orderway.workflow.bpmn import NotBpmn, Process, read_map
from orderway.workflow.compile import Compiled, Known, Shape, compile_map
from orderway.workflow.drawn import Trigger
from orderway.workflow.graph import Call, Choose, Gather, Step, Wait, Work
from orderway.workflow.times import read_when

MAPS = Path(orderway.workflow.__file__).parent / "maps"
KNOWN = Known(
    facts={
        "order": {
            "total": "number",
            "prepay_percent": "number",
            "short_lines": "number",
            "owed_lines": "number",
            "calculation": "string",
        }
    },
    commands={"a.step": Shape(), "a.other": Shape(frozenset({"percent", "note"}), frozenset({"percent"}))},
    roles=frozenset({"manager", "accountant"}),
    maps=frozenset({"other_map"}),
)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
    '<error id="short" errorCode="short-stock"/>'
)


def drawn(body: str, subject: str = "order") -> bytes:
    return f'{HEAD}<process id="p" name="Map" isExecutable="true" o:subject="{subject}">{body}</process></definitions>'.encode()


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def line(*middle: str) -> bytes:
    """start, the given elements (their ids a, b, …), end, joined by flows."""
    ids = ["s", *"abcdef"[: len(middle)], "e"]
    flows = "".join(flow(one, other) for one, other in pairwise(ids))
    return drawn(f'<startEvent id="s"/>{"".join(middle)}<endEvent id="e"/>{flows}')


def compiled(xml: bytes) -> Compiled:
    return compile_map(read_map(xml), KNOWN)


def codes(xml: bytes) -> list[tuple[str, str]]:
    return [(problem.code, problem.element) for problem in compiled(xml).problems]


APPROVE = (
    '<userTask id="a" name="Approve price" o:role="accountant" o:due="P1DT4H"><extensionElements>'
    '<o:instruction>Look twice.</o:instruction><o:instruction lang="de">Zweimal hinsehen.</o:instruction>'
    '<o:field name="percent" type="number" label="Percent" de="Prozent" required="true"/>'
    '<o:check name="colours" label="Colours" de="Farben"/>'
    '<o:outcome name="approve" label="Approve" de="Freigeben"/>'
    '<o:outcome name="reject" label="Send back" de="Zurückgeben" sendsBack="true"/>'
    "</extensionElements></userTask>"
)


def test_a_work_item_takes_all_it_is_from_the_drawing() -> None:
    graph = compiled(line(APPROVE)).graph
    assert graph is not None
    work = graph.nodes["a"].does
    assert isinstance(work, Work)
    assert (work.role, work.term) == ("accountant", Term(days=1, time=timedelta(hours=4)))
    assert work.instruction.in_language("de-at") == "Zweimal hinsehen."
    assert work.instruction.in_language("fr") == "Look twice."
    assert [(field.name, field.type, field.required) for field in work.fields] == [("percent", "number", True)]
    assert work.fields[0].label.in_language("de") == "Prozent"
    assert [check.name for check in work.checks] == ["colours"]
    assert [(outcome.name, outcome.sends_back) for outcome in work.outcomes] == [("approve", False), ("reject", True)]
    assert graph.names == {"percent": "number"}


def test_a_refusal_is_caught_at_the_border_of_its_step() -> None:
    xml = drawn(
        '<startEvent id="s"/><serviceTask id="a" o:command="a.step"/><endEvent id="e"/>'
        '<boundaryEvent id="b" attachedToRef="a"><errorEventDefinition id="x" errorRef="short"/></boundaryEvent>'
        '<endEvent id="f"/>' + flow("s", "a") + flow("a", "e") + flow("b", "f")
    )
    graph = compiled(xml).graph
    assert graph is not None
    step, around = graph.nodes["a"].does, graph.nodes["a"].around
    assert isinstance(step, Step)
    assert around is not None
    assert around.errors == {"short-stock": "b"}
    assert [way.target for way in graph.nodes["b"].ways] == ["f"]


def test_a_condition_may_use_facts_fields_and_the_outcome() -> None:
    xml = drawn(
        f'<startEvent id="s"/>{APPROVE}<exclusiveGateway id="g" default="g_e"/><endEvent id="e"/><endEvent id="f"/>'
        + flow("s", "a")
        + flow("a", "g")
        + flow("g", "f", 'outcome = "reject" and total &gt; 5 and percent &gt; 0')
        + flow("g", "e")
    )
    graph = compiled(xml).graph
    assert graph is not None
    assert graph.facts == {"total"}
    choose = graph.nodes["g"].does
    assert isinstance(choose, Choose)
    assert choose.default is not None
    assert choose.default.target == "e"


COUNT = "<loopCardinality>{0}</loopCardinality>"


def caught(event: str) -> str:
    return f'<intermediateCatchEvent id="a">{event}</intermediateCatchEvent>'


def thrown(event: str) -> str:
    return f'<intermediateThrowEvent id="a">{event}</intermediateThrowEvent>'


def looped(marker: str) -> str:
    return f'<serviceTask id="a" o:command="a.step">{marker}</serviceTask>'


ARGUMENT = '<extensionElements><o:argument name="percent" value="30"/></extensionElements>'


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ('<serviceTask id="a"/>', "no-command"),
        ('<serviceTask id="a" o:command="no.such"/>', "unknown-command"),
        ('<serviceTask id="a" o:command="a.other"/>', "missing-argument"),
        (f'<serviceTask id="a" o:command="a.step">{ARGUMENT}</serviceTask>', "unknown-argument"),
        ('<userTask id="a" name="A" o:due="P1D"/>', "no-role"),
        ('<userTask id="a" name="A" o:due="P1D" o:role="pope"/>', "unknown-role"),
        ('<userTask id="a" name="A" o:due="P1Q" o:role="manager"/>', "bad-duration"),
        ('<userTask id="a" name="A" o:due="P1D" o:role="manager" o:holds="no_fact"/>', "unknown-fact"),
        ('<userTask id="a" name="A" o:due="P1D" o:role="manager" o:sameAs="e"/>', "same-as"),
        ('<task id="a" name="A"/>', "no-kind"),
        ('<transaction id="a"/>', "cannot-run"),
        ('<adHocSubProcess id="a"/>', "cannot-run"),
        ('<complexGateway id="a"/>', "cannot-run"),
        ('<eventBasedGateway id="a" instantiate="true"/>', "cannot-run"),
        ('<eventBasedGateway id="a"/>', "race"),
        ('<scriptTask id="a" name="A"/>', "no-script"),
        ('<scriptTask id="a" name="A"><script>total &gt;</script></scriptTask>', "expression"),
        ('<scriptTask id="a" name="A"><script>total &gt; 5</script></scriptTask>', "bad-name"),
        ('<scriptTask id="a" name="A" o:result="total"><script>1</script></scriptTask>', "name-is-fact"),
        ('<businessRuleTask id="a" name="A"/>', "no-decision"),
        ('<businessRuleTask id="a" name="A" o:decision="lost"/>', "unknown-decision"),
        ('<sendTask id="a" name="A"/>', "no-event"),
        ('<receiveTask id="a" name="A"/>', "no-event"),
        ('<subProcess id="a"/>', "no-start"),
        (caught('<messageEventDefinition id="m"/>'), "no-event"),
        (caught('<signalEventDefinition id="m"/>'), "no-signal"),
        (caught('<conditionalEventDefinition id="m"/>'), "cannot-run"),
        (caught('<signalEventDefinition id="m"/><messageEventDefinition id="n"/>'), "cannot-run"),
        (caught('<timerEventDefinition id="m"/>'), "no-duration"),
        (
            caught('<timerEventDefinition id="m"><timeDuration>soon</timeDuration></timerEventDefinition>'),
            "bad-duration",
        ),
        (caught('<timerEventDefinition id="m"><timeCycle>often</timeCycle></timerEventDefinition>'), "bad-timer"),
        (caught('<timerEventDefinition id="m"><timeDate>total</timeDate></timerEventDefinition>'), "no-moment"),
        (thrown('<linkEventDefinition id="m" name="lost"/>'), "no-link"),
        (thrown('<escalationEventDefinition id="m"/>'), "no-code"),
        (thrown('<compensateEventDefinition id="m" activityRef="lost"/>'), "no-activity"),
        ('<callActivity id="a"/>', "no-map"),
        ('<callActivity id="a" calledElement="lost"/>', "unknown-map"),
        (looped("<multiInstanceLoopCharacteristics/>"), "no-count"),
        (looped("<standardLoopCharacteristics/>"), "no-loop-end"),
        (
            looped(f"<multiInstanceLoopCharacteristics>{COUNT.format('soon')}</multiInstanceLoopCharacteristics>"),
            "expression",
        ),
        (
            looped(
                f"<multiInstanceLoopCharacteristics>{COUNT.format('calculation')}</multiInstanceLoopCharacteristics>"
            ),
            "bad-count",
        ),
        (looped('<multiInstanceLoopCharacteristics behavior="One"/>'), "loops"),
    ],
)
def test_what_cannot_run_is_named_with_its_element(element: str, code: str) -> None:
    result = compiled(line(element))
    assert result.graph is None
    assert (code, "a") in codes(line(element))


STEP = '<serviceTask id="a" name="a" o:command="a.step"{}>{}</serviceTask>'
RAISED = '<subProcess id="a"><startEvent id="s2"/><endEvent id="e2"/>' + flow("s2", "e2") + "</subProcess>"
BESIDE = '<boundaryEvent id="b" attachedToRef="a" {}><{}EventDefinition {}/></boundaryEvent><endEvent id="e3"/>' + flow(
    "b", "e3"
)
SCRIPT = '<scriptTask id="a" name="a" scriptFormat="{}" o:result="x"><script>1 + 2</script></scriptTask>'
ONCE = '<intermediateCatchEvent id="a"><timerEventDefinition><{0}>{1}</{0}></timerEventDefinition></intermediateCatchEvent>'


@pytest.mark.parametrize(
    ("body", "code", "element"),
    [
        (line(STEP.format(' startQuantity="2"', "")), "cannot-run", "a"),
        (line(STEP.format(' completionQuantity="3"', "")), "cannot-run", "a"),
        (line(STEP.format("", "") + BESIDE.format('cancelActivity="false"', "error", "")), "cannot-run", "b"),
        (line(STEP.format("", "") + BESIDE.format("", "error", 'errorRef="gone"')), "nothing-there", "b"),
        (line(RAISED + BESIDE.format("", "escalation", 'escalationRef="t:gone"')), "nothing-there", "b"),
        (line(STEP.format("", '<standardLoopCharacteristics><loopCondition language="groovy">flag</loopCondition></standardLoopCharacteristics>')), "loops", "a"),
        (line(SCRIPT.format("javascript")), "language", "a"),
        (line(ONCE.format("timeCycle", "R0/PT1H")), "bad-timer", "a"),
        (line(ONCE.format("timeDate", "2026-02-30")), "bad-timer", "a"),
        (line('<adHocSubProcess id="a"><completionCondition>true</completionCondition></adHocSubProcess>'), "cannot-run", "a"),
    ],
)  # fmt: skip
def test_what_would_run_otherwise_than_it_states_is_refused(body: bytes, code: str, element: str) -> None:
    assert (code, element) in codes(body)
    assert compiled(body).graph is None


def test_a_decision_is_refused_whose_default_leaves_elsewhere_or_whose_condition_is_in_another_language() -> None:
    one = '<startEvent id="s"/><exclusiveGateway id="g" default="{}"/><endEvent id="e"/><endEvent id="e2"/>' + flow(
        "s", "g"
    )
    asked = flow("g", "e", "total > 5") + flow("g", "e2", "total &lt; 5")
    assert codes(drawn(one.format("s_g") + asked)) == [("bad-default", "g"), ("no-default", "g")]
    other = asked.replace("<conditionExpression>", '<conditionExpression language="javascript">', 1)
    assert ("language", "g_e") in codes(drawn(one.format("") + other))
    assert ("no-condition", "g") not in codes(drawn(one.format("") + other))
    assert ("language", "g_e") in codes(drawn(one.format("") + asked.replace("total > 5", "${total > 5}")))
    # what stands on the default flow is not asked
    assert codes(drawn(one.format("g_e2") + asked)) == []


def test_what_is_wrong_with_the_ways_out_of_a_step_is_told_of_the_step() -> None:
    ends = "".join(f'<endEvent id="{end}"/>' for end in ("e", "e2"))
    one = f'<startEvent id="s"/>{STEP.format("{}", "")}{ends}' + flow("s", "a") + flow("a", "e", "total &gt; 5")
    assert codes(drawn(one.format(' default="gone"') + flow("a", "e2", "total &lt; 5"))) == [
        ("bad-default", "a"),
        ("no-default", "a"),
    ]
    assert codes(drawn(one.format("") + flow("a", "e2", "total &lt; 5"))) == [("no-default", "a")]
    assert codes(drawn(one.format("") + flow("a", "e2"))) == []


def test_what_other_tools_write_around_an_expression_is_none_of_it() -> None:
    feel = 'language="https://www.omg.org/spec/DMN/20191111/FEEL/"'
    one = '<startEvent id="s"/><exclusiveGateway id="g" default="g_e2"/><endEvent id="e"/><endEvent id="e2"/>' + flow(
        "s", "g"
    )
    told = (
        f'<sequenceFlow id="g_e" sourceRef="g" targetRef="e"><conditionExpression {feel}>= total <!-- more than -->&gt; 5'
        "</conditionExpression></sequenceFlow>"
    )
    graph = compiled(drawn(one + told + flow("g", "e2"))).graph
    assert graph is not None
    assert [way.condition.text for way in graph.nodes["g"].ways if way.condition] == ["total > 5"]
    for text in ('="PT4H"', '= duration("PT4H")', "PT4H", "PT3,5H", "PT210.5M", "PT0.25S"):
        assert compiled(line(ONCE.format("timeDuration", text))).graph is not None, text


def test_flows_need_no_id_and_lanes_may_lie_in_lanes() -> None:
    plain = '<sequenceFlow sourceRef="s" targetRef="a"/><sequenceFlow sourceRef="a" targetRef="e"/>'
    lanes = (
        '<laneSet id="l"><lane id="l1" o:department="press"><flowNodeRef>a</flowNodeRef><flowNodeRef>s</flowNodeRef><childLaneSet id="c">'
        '<lane name="inside"><flowNodeRef>s</flowNodeRef></lane></childLaneSet></lane></laneSet>'
    )
    xml = drawn(f'{lanes}<startEvent id="s"/>{STEP.format("", "")}<endEvent id="e"/>{plain}')
    graph = compiled(xml).graph
    assert graph is not None
    assert [way.target for way in graph.nodes["a"].ways] == ["e"]
    assert (graph.nodes["a"].department, graph.nodes["s"].department) == ("press", "inside")


def test_a_pool_that_is_only_drawn_may_be_drawn_anyhow() -> None:
    other = (
        b'<process id="theirs"><task name="no id"/><sequenceFlow sourceRef="x" targetRef="y"/></process></definitions>'
    )
    xml = line(STEP.format("", "")).replace(b"</definitions>", other)
    assert compiled(xml).graph is not None


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("date", "2026-03-03", "2026-03-03 00:00:00"),
        ("date", "2026-03-03+01:00", "2026-03-03 00:00:00+01:00"),
        ("date", "2026-062", "2026-03-03 00:00:00"),
        ("date", "2026-W10-2T08Z", "2026-03-03 08:00:00+00:00"),
        ("date", "20260303T080000,5Z", "2026-03-03 08:00:00.500000+00:00"),
        ("date", "2026-03-03T24:00:00", "2026-03-04 00:00:00"),
        ("cycle", "R3/2026-03-03T08:00Z/2026-03-03T09:30Z", "2026-03-03 08:00:00+00:00 3 1:30:00"),
        ("cycle", "R-1/2026-03-03T08:00Z/PT1.5H", "2026-03-03 08:00:00+00:00 -1 1:30:00"),
    ],
)
def test_a_moment_is_read_in_every_spelling_of_the_standard(kind: str, text: str, said: str) -> None:
    when = read_when(Trigger("timer", date=text if kind == "date" else "", cycle=text if kind == "cycle" else ""))
    assert when is not None
    assert said == (str(when.moment) if kind == "date" else f"{when.moment} {when.times} {when.length.time}")


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-03-03 08:00", "08:00", "2026-03-03T08:00+99:00", "2026-366", "9999-12-31T24:00"]
)
def test_no_moment_is_read_where_none_is_stated(text: str) -> None:
    assert read_when(Trigger("timer", date=text)) is None


def test_ways_that_lead_nowhere_come_from_nowhere_or_spin_are_found() -> None:
    step = '<serviceTask id="{0}" name="{0}" o:command="a.step"/>'
    nowhere = drawn('<startEvent id="s"/>' + step.format("a") + flow("s", "a"))
    assert ("dead-end", "a") in codes(nowhere)
    lost = drawn('<startEvent id="s"/><endEvent id="e"/>' + step.format("a") + flow("s", "e") + flow("a", "e"))
    assert ("unreachable", "a") in codes(lost)
    spin = drawn(
        '<startEvent id="s"/><exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>'
        + step.format("a") + flow("s", "a") + flow("a", "g") + flow("g", "a", "total &gt; 5") + flow("g", "e")
    )  # fmt: skip
    assert codes(spin) == [("spins", "a"), ("spins", "g")]
    broken = drawn('<startEvent id="s"/><endEvent id="e"/>' + flow("s", "e") + flow("s", "ghost"))
    assert ("broken-flow", "s_ghost") in codes(broken)


def test_a_mistyped_outcome_or_fact_is_found_while_drawing() -> None:
    xml = drawn(
        f'<startEvent id="s"/>{APPROVE}<exclusiveGateway id="g" default="g_e"/><endEvent id="e"/>'
        + flow("s", "a") + flow("a", "g") + flow("g", "e") + flow("g", "a", 'outcome = "rejected"')
    )  # fmt: skip
    (problem,) = compiled(xml).problems
    assert (problem.code, problem.what) == ("unknown-outcome", "rejected")
    with translation.override("en"):
        assert (
            problem.why
            == "Nothing on this map can be decided with rejected. Choose what the step before really offers."
        )


@pytest.mark.parametrize(
    ("xml", "why"),
    [
        (b"no xml", "no XML that can be read"),
        (b"<html/>", "begins with html"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</definitions>', "document type"),
        (drawn('<startEvent id="a"/><endEvent id="a"/>'), "used twice"),
        (drawn("<startEvent/>"), "has no id"),
        (f"{HEAD}</definitions>".encode(), "no process"),
    ],
)  # fmt: skip
def test_other_bytes_are_refused_with_the_reason(xml: bytes, why: str) -> None:
    with pytest.raises(NotBpmn, match=why):
        read_map(xml)


def _shipped(name: str) -> tuple[Process, ...]:
    return read_map((MAPS / f"{name}.bpmn").read_bytes())


@pytest.mark.parametrize("name", ["trade_order", "print_order", "deliver_and_bill"])
def test_the_shipped_maps_compile_without_a_problem(name: str) -> None:
    processes = _shipped(name)
    steps = [element for process in processes for element in process.elements if element.command]
    commands = {step.command: Shape(frozenset(argument.name for argument in step.arguments)) for step in steps}
    roles = {element.role for process in processes for element in process.elements}
    result = compile_map(processes, Known(KNOWN.facts, commands, roles - {""}, {"deliver_and_bill"}))
    assert result.problems == ()
    assert result.graph is not None
    for node in result.graph.nodes.values():
        assert node.department
        assert len(node.label.text.split()) <= 4
        assert not node.label.text or node.label.in_language("de") != node.label.text


def test_the_print_order_follows_the_case_step_by_step() -> None:
    (process,) = _shipped("print_order")
    tasks = [e.id for e in process.elements if e.kind in ("userTask", "serviceTask", "callActivity")]
    assert tasks == [
        "fill_form", "keep_form", "make_papers", "approve_price", "validate", "schedule", "accept", "confirm",
        "issue_prepayment", "allocate", "deliver", "complete",
    ]  # fmt: skip
    back = {flow.source for flow in process.flows if flow.target == "fill_form"} - {"placed"}
    assert back == {"unusable", "price_approved", "is_valid", "is_scheduled", "is_accepted"}


def test_picking_runs_beside_the_invoice() -> None:
    (process,) = _shipped("deliver_and_bill")
    graph = compile_map((process,), Known(KNOWN.facts, {e.command: Shape() for e in process.elements})).graph
    assert graph is not None
    assert isinstance(graph.nodes["both"].does, Gather)
    assert {way.target for way in graph.nodes["both"].ways} == {"release", "prepare_invoice"}
    waits = [node.does.event for node in graph.nodes.values() if isinstance(node.does, Wait)]
    assert waits == ["picked", "packed", "shipped", "delivered", "shipped", "paid"]
    assert not any(isinstance(node.does, Call) for node in graph.nodes.values())


def test_foreign_maps_are_read_and_judged_without_a_crash(cases: Path) -> None:
    files = sorted((cases / "d_bpmn").glob("*/*.bpmn"))
    assert len(files) >= 16
    for file in files:
        result = compile_map(read_map(file.read_bytes()), KNOWN)
        assert result.graph is None
        assert result.problems


def test_what_is_not_run_stays_in_the_file_and_hinders_nothing() -> None:
    xml = drawn(
        '<startEvent id="s"/><serviceTask id="a" name="A" o:command="a.step"><dataInputAssociation id="i"/></serviceTask>'
        '<endEvent id="e"/><dataObject id="d"/><dataObjectReference id="r" dataObjectRef="d"/><textAnnotation id="t"><text>Why</text>'
        '</textAnnotation><association id="x" sourceRef="t" targetRef="a"/><group id="g"/>'
        '<extensionElements><z:colour xmlns:z="https://elsewhere.example" value="red"/></extensionElements>'
        + flow("s", "a") + flow("a", "e")
    )  # fmt: skip
    result = compiled(xml)
    assert (result.problems, result.graph is not None) == ((), True)
