"""docs/features.md tells the truth: every promise stands there once, and every kept one names tests that exist."""

import os
import re
from collections import Counter

import pytest
import source

ROW = re.compile(r"^\| ([A-Z]{2}-\d{2}) \| ([^|]+) \| (kept|narrow|open) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
TEXT = (source.ROOT / "docs" / "features.md").read_text()
ROWS = ROW.findall(TEXT)


def test_every_promise_stands_there_once():
    counts = Counter(row[0] for row in ROWS)
    assert [id for id, n in counts.items() if n > 1] == []
    assert len(ROWS) == len(re.findall(r"^\| [A-Z]{2}-\d{2} ", TEXT, re.MULTILINE)), "a row that does not parse"


def test_the_list_is_the_catalogue():
    shared = source.ROOT.parent / "shared"
    catalogue = (
        shared if "ORDERWAY_CASES" not in os.environ else source.Path(os.environ["ORDERWAY_CASES"]).parent
    ) / "FEATURES.md"
    if not catalogue.exists():
        pytest.skip("the catalogue is not here")
    assert {row[0] for row in ROWS} == set(re.findall(r"^\| ([A-Z]{2}-\d{2}) \|", catalogue.read_text(), re.MULTILINE))


@pytest.mark.parametrize(("id", "named"), [(row[0], row[3]) for row in ROWS if row[2] != "open"])
def test_a_kept_promise_names_a_test_that_exists(id, named):
    places = re.findall(r"`([^`]+)`", named)
    assert places, f"{id} names no test"
    for place in places:
        path, _, function = place.partition("::")
        file = source.ROOT / path
        assert file.exists(), f"{id}: {path} is not there"
        assert not function or re.search(rf"^\s*(async )?def {function}\b", file.read_text(), re.MULTILINE), (
            f"{id}: no {function} in {path}"
        )
