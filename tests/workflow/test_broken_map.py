"""A published map that names something the program no longer has stops alone; the lists go on."""

import growing
import pytest

from orderway.kernel.running import ask
from orderway.kernel.sql import fetch
from orderway.workflow import published

pytestmark = pytest.mark.usefixtures("db")


def test_the_work_list_stands_though_its_map_broke(shop, monkeypatch):
    rows = growing.CASES["workflow.complete"](shop, 2)
    before = {row.id for row in ask("workflow.work", shop.manager, which="waiting").rows}
    digests = [row.digest for row in fetch("select digest from process_version", {})]
    monkeypatch.setattr(published, "_compiled", {})
    monkeypatch.setattr(published, "_broken", dict.fromkeys(digests, "Decide: no such fact"))
    assert {row.id for row in ask("workflow.work", shop.manager, which="waiting").rows} == before
    assert before
    with pytest.raises(published.MapBroken, match="no such fact"):
        ask("workflow.work_item", shop.manager, id=rows[0].id)
