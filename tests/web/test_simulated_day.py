"""The demo's simulated day on its page: only in a demo, hour by hour, with the orders it happened to."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings


@pytest.fixture
def noted(shop: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, order: int) -> Any:
    """A demo in which a day is going on: ten o'clock is over."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    (tmp_path / settings.DEMO_ACCOUNTS).write_text("{}")
    late = {"at": "10:25", "name": "work.late", "order": order, "number": "26-00001", "map": "gone", "step": "note"}
    placed = {"at": "10:05", "name": "order.placed", "order": order, "number": "26-00001", "map": "", "step": ""}
    hour = {"hour": 10, "on_maps": {}, "late": 1, "happenings": [placed, late]}
    day = {"company": shop.company, "day": "2026-11-23", "seed": 7, "hours": [hour], "over": False}
    file = tmp_path / settings.DEMO_DAY
    file.write_text(json.dumps(day | {"noted_at": datetime.now(UTC).isoformat()}))
    return file


def test_elsewhere_than_in_a_demo_there_is_no_such_page(shop, as_, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    manager = as_("manager")
    assert manager.get("/tour/day").status_code == manager.post("/tour/day/begin").status_code == 404
    assert "/tour/day" not in manager.get("/tour").content.decode()


def test_the_day_is_told_hour_by_hour_while_it_goes_on(shop, as_, order, noted):
    manager = as_("manager")
    assert "/tour/day" in manager.get("/tour").content.decode()
    page = manager.get("/tour/day").content.decode()
    for text in (
        "Mon 23 Nov, seed 7",
        "10:00",
        "Order placed",
        "Late: note",
        f'href="/orders/{order}"',
        "every 2s",
        "<progress",
    ):
        assert text in page, text
    noted.write_text(json.dumps(json.loads(noted.read_text()) | {"over": True}))
    page = manager.get("/tour/day").content.decode()
    assert "every 2s" not in page
    assert "disabled" not in page.split("Simulate the next day")[0].rsplit("<button", 1)[1]


def test_while_one_day_goes_on_no_second_begins(shop, as_, noted):
    before = noted.read_text()
    assert as_("manager").post("/tour/day/begin", {"seed": "9"}).status_code == 302
    assert noted.read_text() == before


def test_in_german_and_for_nobody_without_the_right(shop, as_, noted):
    page = as_("manager", "de").get("/tour/day").content.decode()
    assert "Den nächsten Tag simulieren" in page
    assert "Auftrag erfasst" in page
    assert as_("warehouse").get("/tour/day").status_code == 403


def test_another_company_does_not_see_it(shop, as_, noted):
    noted.write_text(json.dumps(json.loads(noted.read_text()) | {"company": shop.company + 1}))
    assert "No day was simulated yet" in as_("manager").get("/tour/day").content.decode()
