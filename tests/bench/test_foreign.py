"""A map of another house can be measured: what it leaves open for our engine is filled in, and what cannot run is still told."""

import sys
from collections.abc import Sequence
from pathlib import Path

from databases import ROOT
from lxml import etree

from orderway.workflow.problems import ERROR
from orderway.workflow.published import compile_xml

sys.path.append(str(ROOT))
from bench.drawings import draw
from bench.driving import register
from bench.foreign import settled

HEAD = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
targetNamespace="t"><process id="theirs" isExecutable="true">"""
ELSEWHERE = f"""{HEAD}
<startEvent id="begun"/><userTask id="look"/><exclusiveGateway id="good"/><userTask id="clarify"/>
<callActivity id="book" calledElement="NotHere"/><receiveTask id="answer"/><subProcess id="empty"/><endEvent id="done"/>
<sequenceFlow id="f1" sourceRef="begun" targetRef="look"/><sequenceFlow id="f2" sourceRef="look" targetRef="good"/>
<sequenceFlow id="no" sourceRef="good" targetRef="clarify"><conditionExpression>${{!ok}}</conditionExpression></sequenceFlow>
<sequenceFlow id="yes" sourceRef="good" targetRef="book"><conditionExpression>${{ok}}</conditionExpression></sequenceFlow>
<sequenceFlow id="f3" sourceRef="clarify" targetRef="look"/><sequenceFlow id="f4" sourceRef="book" targetRef="answer"/>
<sequenceFlow id="f5" sourceRef="answer" targetRef="empty"/><sequenceFlow id="f6" sourceRef="empty" targetRef="done"/>
</process></definitions>"""
BARE = f"""{HEAD}
<startEvent id="begun"/><userTask id="look" startQuantity="2"/><exclusiveGateway id="good"/><endEvent id="done"/><endEvent id="not"/>
<sequenceFlow id="f1" sourceRef="begun" targetRef="look"/><sequenceFlow id="f2" sourceRef="look" targetRef="good"/>
<sequenceFlow id="one" sourceRef="good" targetRef="done"/><sequenceFlow id="two" sourceRef="good" targetRef="not"/>
</process></definitions>"""


def filled_in(folder: Path, xml: str) -> tuple[str, Sequence[str]]:
    """The drawing as it is measured, and what is still wrong with it."""
    register()
    file = folder / "theirs.bpmn"
    file.write_text(xml)
    drawing = settled(draw(file))
    return drawing.xml, [one.code for one in compile_xml(drawing.xml, {drawing.key}).problems if one.level == ERROR]


def test_conditions_of_another_engine_are_answered_with_the_shortest_way_to_an_end(tmp_path: Path) -> None:
    xml, wrong = filled_in(tmp_path, ELSEWHERE)

    assert wrong == [], "calls of maps that are not there, messages without a name and empty parts are filled in, too"
    conditions = {
        flow.get("id"): flow[0].text for flow in etree.fromstring(xml.encode()).iter("{*}sequenceFlow") if len(flow)
    }
    assert conditions == {"no": "false", "yes": "true"}, "the other way leads back, and would never end"


def test_ways_without_a_condition_get_one_and_what_cannot_run_is_still_told(tmp_path: Path) -> None:
    xml, wrong = filled_in(tmp_path, BARE)

    assert wrong == ["cannot-run"], "a task that wants two tokens is no matter of filling in"
    assert [one.text for one in etree.fromstring(xml.encode()).iter("{*}conditionExpression")] == ["true", "false"]
