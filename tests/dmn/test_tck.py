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
