"""n good rows for every command of decisions."""

from typing import Any

import growth
from approval_tables import APPROVAL, table

from orderway.decisions.commands import DecideOn, PublishTable
from orderway.decisions.commands.draft import DiscardTable, PublishTableDraft, SaveTable
from orderway.kernel.access import system_actor
from orderway.kernel.running import run


def _decided(shop: Any, n: int) -> list[DecideOn]:
    published = run("decisions.publish", system_actor(shop.company), [PublishTable(table("growth", APPROVAL), "order")])
    assert published.ok, published
    rows = [DecideOn(id, "growth") for id in growth.placed(shop, n)]
    # a process reads and compiles a version once, with its first decision
    assert run("decisions.decide", system_actor(shop.company), rows[:1]).ok
    return rows


def _drafts(shop: Any, n: int) -> list[str]:
    keys = [f"draft_{n}_{i}" for i in range(n)]
    rows = [SaveTable(key, table(key, APPROVAL), "order") for key in keys]
    assert run("decisions.save_draft", system_actor(shop.company), rows).ok
    return keys


CASES = {
    "decisions.save_draft": lambda _, n: [
        SaveTable(f"new_{n}_{i}", table(f"new_{n}_{i}", APPROVAL), "order") for i in range(n)
    ],
    "decisions.discard_draft": lambda shop, n: [DiscardTable(key) for key in _drafts(shop, n)],
    "decisions.publish_draft": lambda shop, n: [PublishTableDraft(key, "growth") for key in _drafts(shop, n)],
    "decisions.publish": lambda _, n: [PublishTable(table(f"growth_{n}_{i}", APPROVAL), "order") for i in range(n)],
    "decisions.decide": _decided,
}
