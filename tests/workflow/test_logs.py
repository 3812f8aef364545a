"""Event logs from elsewhere: XES and CSV as tools write them, and files made to do harm."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from drawn_ways import HEAD

from orderway.cli.main import main
from orderway.workflow.mining import apart
from orderway.workflow.mining.apart import read_log, read_log_apart
from orderway.workflow.mining.logs import NotALog, Seen

XES = b"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="name"/></global>
  <trace><string key="concept:name" value="A-1"/>
    <event><string key="concept:name" value="Pack"/><date key="time:timestamp" value="2026-03-02T10:00:00.000+01:00"/>
      <string key="lifecycle:transition" value="complete"/><string key="org:resource" value="Milan"/></event>
    <event><string key="concept:name" value="Check"/><date key="time:timestamp" value="2026-03-02T08:30:00Z"/>
      <string key="lifecycle:transition" value="start"/></event>
    <event><string key="concept:name" value="Check"/><date key="time:timestamp" value="2026-03-02T08:45:00Z"/>
      <string key="lifecycle:transition" value="complete"/><list key="more"><values><string key="concept:name" value="Inner"/></values></list></event>
  </trace>
  <trace><event><string key="concept:name" value="Check"/><string key="lifecycle:transition" value="complete"/></event></trace>
</log>"""


def test_xes_gives_cases_in_order_of_time_with_ends_of_activities_only() -> None:
    log = read_log("log.xes", XES)
    first, second = log.cases
    assert (first.name, second.name) == ("A-1", "case (2)")
    assert first.seen == (
        Seen("Check", datetime(2026, 3, 2, 8, 45, tzinfo=UTC), "", "complete"),
        Seen("Pack", datetime(2026, 3, 2, 9, tzinfo=UTC), "Milan", "complete"),
    )
    assert log.left_out == 1


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("case,activity,timestamp\n1,Check,2026-03-02 08:00\n1,Pack,2026-03-02 09:00\n", {}),
        ("case,activity,timestamp\n1,Pack,2026-03-02T09:00Z\n1,Check,2026-03-02T08:00Z\n", {}),
        (
            'Vorgang;Was;Zeit\n1;"Check";02.03.2026 08:00\n1;Pack;02.03.2026 09:00\n',
            {"activity": "Was", "timestamp": "zeit"},
        ),
        ("case:concept:name\tconcept:name\n1\tCheck\n1\tPack\n", {}),
    ],
)
def test_csv_as_tools_write_it(text: str, mapping: dict[str, str]) -> None:
    for data in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        (case,) = read_log("log.csv", data, mapping).cases
        assert [seen.activity for seen in case.seen] == ["Check", "Pack"]


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><log><trace>&b;</trace></log>'
LEAK = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><log><trace><string key="concept:name" value="&x;"/></trace></log>'


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.xes", BOMB, "document type|entit"),
        ("a.xes", LEAK, "document type|entit|extern"),
        ("a.xes", b"<log><trace>", "not well-formed"),
        ("a.xes", b"", "not well-formed"),
        ("a.xes", b"<html/>", "expected log"),
        ("a.xes", b"<log>" + b"<trace>" * 5_000, "not well-formed"),
        ("a.xes", XES.replace(b"2026-03-02T08:45:00Z", b"yesterday"), "line .*: yesterday is no moment"),
        ("a.csv", b"", "no column case"),
        ("a.csv", b"case,what\n1,2\n", "no column activity; there are: case, what"),
        ("a.csv", b"case,activity,time\n1,A,soon\n", "line 2: soon is no moment"),
        ("a.csv", b"case,activity\n,A\n", "line 2: no case"),
        ("a.csv", b"case,activity\n1,\0\n", "zero bytes"),
        ("a.csv", b'case,activity\n1,"' + b"x" * 200_000 + b'"\n', "field larger"),
    ],
)
def test_what_is_no_log_is_told_why(name: str, data: bytes, why: str) -> None:
    with pytest.raises(NotALog, match=why):
        read_log(name, data)


def test_the_child_reads_as_here_and_its_death_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_log_apart("log.xes", XES) == read_log("log.xes", XES)
    with pytest.raises(NotALog, match="document type"):
        read_log_apart("log.xes", BOMB)
    monkeypatch.setattr(apart, "SECONDS", 60)
    with pytest.raises(NotALog, match="not read within"):
        read_log_apart("log.xes", XES, seconds=0)


def test_the_command_names_cases_and_deviations(tmp_path: Path) -> None:
    drawing, log = tmp_path / "map.bpmn", tmp_path / "log.csv"
    drawing.write_text(
        f'{HEAD}<startEvent id="s"/><task id="a" name="Check"/><task id="b" name="Pack"/>'
        '<sequenceFlow id="1" sourceRef="s" targetRef="a"/><sequenceFlow id="2" sourceRef="a" targetRef="b"/></process></definitions>'
    )
    log.write_text("nr,activity\n1,Check\n1,Pack\n2,Pack\n2,Call\n")
    done = CliRunner().invoke(main, ["workflow", "conform", str(drawing), str(log), "--case", "nr", "--json"])
    said = json.loads(done.output)
    assert (done.exit_code, said["fitting"], said["judged"]) == (1, 1, 2)
    assert said["cases"][1]["deviations"] == [
        {"kind": "unknown", "step": "Call", "at": 2},
        {"kind": "missing", "step": "Check", "at": 0},
    ]
    log.write_text("case,activity\n1,Check\n1,Pack\n")
    done = CliRunner().invoke(main, ["workflow", "conform", str(drawing), str(log)])
    assert (done.exit_code, done.output) == (0, "1 of 1 cases fit, fitness 1.000\n")
    done = CliRunner().invoke(main, ["workflow", "conform", str(drawing), str(drawing)])
    assert done.exit_code == 1
    assert "expected log of XES" in done.output
