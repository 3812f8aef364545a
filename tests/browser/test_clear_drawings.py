"""The maps of other tools, as "Tidy up" lays them out: no two steps cover each other, and few ways cross (CF-62)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from laid_out import covered, crossings, drawn
from playwright.sync_api import Page, expect


@pytest.mark.long
def test_foreign_maps_are_clear_when_they_are_tidied_up(
    at_desk: Callable[[str], Page], cases: Path, tmp_path: Path
) -> None:
    page = at_desk("administrator")
    files = sorted((cases / "d_bpmn").glob("*/*.bpmn"))
    assert len(files) >= 16
    for file in files:
        page.goto("/maps/new")
        page.get_by_label("BPMN 2.0 file of another tool").set_input_files(file)
        page.get_by_role("button", name="Take in").click()
        page.wait_for_selector("[data-island=designer][data-ready]")
        page.get_by_role("button", name="Tidy up").click()
        page.get_by_role("button", name="Save", exact=False).first.click()
        expect(page.locator("#saved")).to_contain_text("Saved")
        address = page.url.replace("/edit", "").split("#")[0]
        tidied = tmp_path / file.name
        tidied.write_bytes(page.request.get(f"{address}/file").body())
        boxes, ways = drawn(tidied)
        assert boxes, file.name
        assert covered(tidied) == [], file.name
        assert len(crossings(tidied)) * 3 <= len(ways), (file.name, len(crossings(tidied)), len(ways))
        page.goto(f"{address}/discard")
        page.get_by_role("button", name="Throw away").click()
        expect(page.get_by_text("The draft is thrown away.")).to_be_visible()
