"""The DMN TCK's own cases of levels 2 and 3, run by the command people use."""

import json
from pathlib import Path

from click.testing import CliRunner

from orderway.cli.main import main


def tck(folder: Path) -> dict:
    return json.loads(CliRunner().invoke(main, ["rules", "tck", str(folder), "--json"]).output)


def test_every_case_of_level_2_passes(cases: Path) -> None:
    found = tck(cases / "d_dmn" / "tck-level-2")
    assert (found["passed"], found["total"], found["wrong"]) == (116, 116, [])
    assert (found["non_null_passed"], found["non_null_total"]) == (105, 105)


def test_level_3_passes_but_for_functions_written_in_java(cases: Path) -> None:
    found = tck(cases / "d_dmn" / "tck-level-3")
    assert {name.partition(":")[0] for name in found["wrong"]} == {"0076-feel-external-java-test-01"}
    assert (found["passed"], found["total"]) == (1367, 1381)
    assert (found["non_null_passed"], found["non_null_total"]) == (1042, 1056)


def test_a_folder_without_cases_is_no_success(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["rules", "tck", str(tmp_path)]).exit_code == 1


DMN = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="{}" namespace="http://camunda.org/schema/1.0/dmn">{}</definitions>'
SPACES = 'xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="x"'


def decision(text: str, more: str = "") -> str:
    return f'<decision name="B"><variable name="B"/><literalExpression><text>{text}</text></literalExpression></decision>{more}'


def asks(model: str, expected: str, about: str = "", inputs: str = "") -> str:
    value = f'<value xsi:type="xsd:decimal">{expected}</value>' if expected else '<value xsi:nil="true"/>'
    return (
        f'<testCases {SPACES}><?tool x?><modelName>{model}</modelName><testCase id="1" {about}>{inputs}'
        f'<resultNode name="B"><expected><?tool y?>{value}</expected></resultNode></testCase></testCases>'
    )


KNOWS = (
    '<businessKnowledgeModel name="f"><variable name="f"/><encapsulatedLogic><formalParameter name="n"/><literalExpression>'
    "<text>n + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)
ONE = '<inputNode name="n"><value xsi:type="xsd:decimal">1</value></inputNode>'


def test_files_of_one_namespace_are_told_apart_by_the_name_of_the_file(tmp_path: Path) -> None:
    for name, gives in (("one", "1"), ("two", "2")):
        (tmp_path / f"{name}.dmn").write_text(DMN.format("Camunda", decision(gives)))
        (tmp_path / f"{name}-test.xml").write_text(asks(f"{name}.dmn", gives))
    assert tck(tmp_path)["wrong"] == []


def test_a_knowledge_model_and_expressions_with_commas_can_be_asked_for(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_text(DMN.format("m", decision("count((1, 2))", KNOWS)), encoding="utf-8")
    (tmp_path / "n.dmn").write_text(DMN.format("n", decision("1, 2")))
    (tmp_path / "a.xml").write_text(asks("m", "2", 'type="bkm" invocableName="f"', ONE))
    listed = asks("n", "1").replace("<value", "<list><item><value", 1).replace(
        "</expected>", '</item><item><value xsi:type="xsd:decimal">2</value></item></list></expected>'
    )  # fmt: skip
    (tmp_path / "b.xml").write_text('<?xml version="1.0" encoding="UTF-16"?>' + listed, encoding="utf-16")
    found = tck(tmp_path)
    assert (found["wrong"], found["total"]) == ([], 2)


def test_whatever_lies_in_a_folder_is_judged_and_nothing_breaks_off(tmp_path: Path) -> None:
    gone = '<decisionService name="S"><outputDecision href="#gone"/></decisionService>'
    table = '<decision name="T"><decisionTable hitPolicy="COLLECT" aggregation="AVG"><output/><rule><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>'
    (tmp_path / "m.dmn").write_text(DMN.format("m", decision("1", gone + table)))
    (tmp_path / "torn.dmn").write_text("<definitions")
    told = {
        "right": asks("m", "1"),
        "no service": asks("m", "", 'type="decisionService" invocableName="S"'),
        "no average": asks("m", "").replace('name="B"', 'name="T"'),
        "torn model": asks("torn", "1"),
        "torn test": "<testCases><modelName>",
        "no figure": asks("m", "abc", inputs=ONE.replace(">1<", ">INF<")),
    }
    for name, content in told.items():
        (tmp_path / f"{name}.xml").write_text(content)
    found = tck(tmp_path)
    assert found["total"] == len(told)
    assert found["wrong"] == ["no figure: 1", "torn model: 1", "torn test: no well-formed XML"]


def test_what_is_imported_without_a_name_counts_as_ones_own_the_first_import_first(tmp_path: Path) -> None:
    def kept(name: str, imports: str, *decisions: str) -> None:
        told = "".join(f'<import namespace="http://{one}" name=""/>' for one in imports)
        text = DMN.format(name, told + "".join(decisions)).replace(
            "http://camunda.org/schema/1.0/dmn", f"http://{name}"
        )
        (tmp_path / f"{name}.dmn").write_text(text)

    needs = '<informationRequirement><requiredDecision href="#C"/></informationRequirement><literalExpression>'
    kept("a", "bd", decision("C").replace("<literalExpression>", needs))
    kept("b", "ca")
    kept("c", "b", decision("3").replace('"B"', '"C"'))
    kept("d", "", decision("4").replace('"B"', '"C"'))
    (tmp_path / "t.xml").write_text(asks("a", "3"))
    assert tck(tmp_path)["wrong"] == []


def test_a_knowledge_model_gives_what_the_type_of_its_variable_says(tmp_path: Path) -> None:
    kind = '<itemDefinition name="one"><functionItem outputTypeRef="number"/></itemDefinition>'
    knows = KNOWS.replace('<variable name="f"/>', '<variable name="f" typeRef="one"/>').replace("n + 1", "[n + 1]")
    (tmp_path / "m.dmn").write_text(DMN.format("m", kind + knows))
    (tmp_path / "t.xml").write_text(asks("m", "2", 'type="bkm" invocableName="f"', ONE))
    assert tck(tmp_path)["wrong"] == []
