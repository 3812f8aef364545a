"""A file of another tool goes in and comes out with every element, attribute and shape; what is lost is named."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from orderway.workflow.bpmn import NotBpmn
from orderway.workflow.roundtrip import compare, decoded, given_out

SHIPPED = sorted((Path(__file__).parents[2] / "src" / "orderway" / "workflow").glob("*/*.bpmn"))
TRADE = next(file for file in SHIPPED if file.stem == "trade_order").read_bytes()


def references(cases: Path) -> list[Path]:
    return sorted((cases / "d_bpmn").glob("*/*.bpmn"))


def test_the_references_come_out_as_they_went_in(cases: Path) -> None:
    files = references(cases)
    assert len([file for file in files if "miwg" in str(file)]) == 12
    for file in files:
        trip = compare(file.read_bytes(), given_out(decoded(file.read_bytes())))
        assert trip.whole, (file.name, trip.lost[:3], trip.added[:3])


def test_the_command_line_tells_of_the_server_and_of_the_drawing_page(cases: Path) -> None:
    files = [*references(cases), *SHIPPED]
    words = [sys.executable, "-m", "orderway.cli", "workflow", "roundtrip", "--json", *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(one["file"]).name for one in told] == [file.name for file in files]
    assert all(one["whole"] for one in told)
    assert all(one["elements"] == sum(1 for _ in etree.parse(one["file"]).iter(etree.Element)) for one in told)


OF_THE_WORK = (
    'orderway:counts="elapsed" orderway:notBy="start" orderway:holds="total" orderway:assignment="who" orderway:mail="true" '
    'orderway:consulted="planner" orderway:informed="quality"'
)
OF_THE_MAP = 'orderway:starters="manager" orderway:due="P5D" orderway:counts="working" orderway:consulted="planner"'
INSIDE = (
    '<orderway:help lang="en">Ask the press room.</orderway:help><orderway:remind before="PT4H"/>'
    '<orderway:escalate after="PT0S" to="administrator"/>'
    '<orderway:field name="way" type="choice" label="Way" required="true" visible="total &gt; 5" default="post">'
    '<orderway:choice value="post" label="Post"/></orderway:field><orderway:check name="seen" label="Seen"/>'
)


def test_whatever_a_map_may_say_beside_bpmn_goes_through_the_drawing_page(tmp_path: Path) -> None:
    """All of docs/reference/map-attributes.md: who draws must not lose what others wrote."""
    text = TRADE.decode()
    text = text.replace("<bpmn:userTask ", f"<bpmn:userTask {OF_THE_WORK} ", 1)
    text = text.replace("<bpmn:process ", f"<bpmn:process {OF_THE_MAP} ", 1)
    first = text.index("<bpmn:extensionElements>", text.index("<bpmn:userTask ")) + len("<bpmn:extensionElements>")
    said = tmp_path / "said.bpmn"
    said.write_text(text[:first] + INSIDE + text[first:])
    words = [sys.executable, "-m", "orderway.cli", "workflow", "roundtrip", "--json", str(said)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["ways"] == {way: {"lost": [], "added": []} for way in ("kept", "drawn")}, done.stderr


def test_what_other_tools_write_their_own_way_goes_through_the_drawing_page(tmp_path: Path) -> None:
    """References with a prefix and to what is not there, truths as figures, signs as figures: none may be dropped or turned round."""
    said = tmp_path / "said.bpmn"
    said.write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:t" targetNamespace="urn:t" id="d"><error id="E"/>'
        '<process id="p" isExecutable="1"><startEvent id="s" isInterrupting="1" name="&#x1F4E6;"><outgoing>t:f</outgoing></startEvent>'
        '<task id="a"/><boundaryEvent id="b" attachedToRef="t:a" cancelActivity="0"><errorEventDefinition id="k" errorRef="t:E"/>'
        '</boundaryEvent><boundaryEvent id="c" attachedToRef="a"><errorEventDefinition id="l" errorRef="gone"/></boundaryEvent>'
        '<sequenceFlow id="f" sourceRef="t:s" targetRef="t:a"/></process></definitions>'
    )
    words = [sys.executable, "-m", "orderway.cli", "workflow", "roundtrip", "--json", str(said)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["ways"]["drawn"] == {"lost": [], "added": []}, done.stderr


def test_what_points_at_nothing_and_figures_that_are_none_go_through_the_drawing_page(tmp_path: Path) -> None:
    """Each stands where the file named it, between those that point at something."""
    said = tmp_path / "said.bpmn"
    said.write_text(
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:t="urn:t" targetNamespace="urn:t" id="d">'
        '<process id="p"><startEvent id="s"><outgoing>gone</outgoing><outgoing>t:f</outgoing><outgoing>also</outgoing></startEvent>'
        '<task id="a" startQuantity="1.5"><incoming>lost</incoming><incoming>f</incoming><ioSpecification id="o"><dataInput id="i"/>'
        '<inputSet id="n"><dataInputRefs>nothing</dataInputRefs><dataInputRefs>i</dataInputRefs></inputSet>'
        '<outputSet id="u"><dataOutputRefs>none</dataOutputRefs></outputSet></ioSpecification>'
        '<dataInputAssociation id="v"><sourceRef>away</sourceRef><targetRef>missing</targetRef></dataInputAssociation>'
        '<standardLoopCharacteristics id="l" loopMaximum="many"/></task>'
        '<task id="b"><standardLoopCharacteristics id="m" loopMaximum="3"/></task>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="a"/></process></definitions>'
    )
    words = [sys.executable, "-m", "orderway.cli", "workflow", "roundtrip", "--json", str(said)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["ways"]["drawn"] == {"lost": [], "added": []}, done.stderr


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ('orderway:due="P2D"', "due"),
        ('<orderway:outcome name="again" label="Allocate again" de="Erneut zuteilen" />', "outcome"),
        ('<dc:Bounds x="310" y="120" width="100" height="80" />', "Bounds"),
        ('default="enough"', "default"),
        ("<bpmn:outgoing>to_verify</bpmn:outgoing>", "outgoing"),
        ("Findings</orderway:instruction>", ""),
    ],
)
def test_whatever_is_taken_out_is_named(change: str, lost: str) -> None:
    text = TRADE.decode()
    if not lost:
        text, change = text.replace("Settle each finding", "Findings Settle each finding", 1), "Findings "
    assert change in text
    trip = compare(text.encode(), text.replace(change, "", 1).encode())
    assert not trip.whole
    assert any(lost in one for one in trip.lost)


def test_prefixes_order_and_stated_defaults_are_no_difference() -> None:
    text = TRADE.decode()
    other = re.sub(r"\bbpmn:", "b:", text).replace("xmlns:bpmn=", "xmlns:b=")
    assert compare(TRADE, other.encode()).whole
    stated = text.replace(
        '<bpmn:exclusiveGateway id="go_on"', '<bpmn:exclusiveGateway gatewayDirection="Unspecified" id="go_on"'
    )
    assert stated != text
    assert compare(stated.encode(), TRADE).whole


def test_a_point_moved_by_a_hair_is_a_difference() -> None:
    moved = re.sub(rb'<di:waypoint x="(\d+)"', rb'<di:waypoint x="\1.5"', TRADE, count=1)
    assert moved != TRADE
    assert len(compare(TRADE, moved).lost) == 1


def test_a_file_in_another_encoding_is_kept_as_text() -> None:
    latin = TRADE.decode().replace("UTF-8", "ISO-8859-1").encode("latin-1")
    assert decoded(latin).encode() == TRADE


def test_what_is_no_bpmn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotBpmn):
        decoded(b"<html/>")
    file = tmp_path / "page.bpmn"
    file.write_text("<html/>")
    words = [sys.executable, "-m", "orderway.cli", "workflow"]
    lint = subprocess.run([*words, "lint", "--json", str(file)], capture_output=True, text=True, check=False)
    assert (lint.returncode, json.loads(lint.stdout)["problems"][0]["code"]) == (1, "not-bpmn")
    trip = subprocess.run([*words, "roundtrip", str(file)], capture_output=True, text=True, check=False)
    assert trip.returncode == 1
    assert "begins with html" in trip.stdout


def test_the_linter_of_the_command_line_says_whether_a_map_can_run() -> None:
    words = [sys.executable, "-m", "orderway.cli", "workflow", "lint", "--json", *map(str, SHIPPED)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    told = {Path(one["file"]).stem: one for one in map(json.loads, done.stdout.splitlines())}
    assert {name for name, one in told.items() if not one["runnable"]} == {"blank"}
    assert [one["code"] for one in told["blank"]["problems"]] == ["dead-end"]
    assert done.returncode == 1
