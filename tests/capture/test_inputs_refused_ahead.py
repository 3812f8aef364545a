"""Why not?: what keeps an input from being ordered, settled, set aside, refused or read again is told ahead as the acts say it (OW-05)."""

from typing import Any

import pytest
import told_ahead
from doorstep import come_in, csv, inputs

from orderway.capture.commands.settle import DismissInput, RejectInput, SettleInput
from orderway.capture.refusing import IntakeLeaves, judges
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run

pytestmark = pytest.mark.usefixtures("db")
CUSTOMER = "Kanzlei Bergmann Roth"


def told(shop: Any, row: Any) -> dict[str, list[str]]:
    boss = shop.manager
    tries: dict[str, tuple[Any, Any]] = {
        "capture.order": (boss, Ref(row.id)),
        # who settles an input of which nothing was read teaches its columns
        "capture.settle": (boss, SettleInput(row.id) if row.lines else SettleInput(row.id, columns={"Art": ""})),
        "capture.reread": (boss, Ref(row.id)),
        "capture.dismiss": (boss, DismissInput(row.id)),
        "capture.reject": (boss, RejectInput(row.id, "cannot be read")),
    }
    leaves = ask("capture.why_not", boss, id=row.id).leaves
    neutral = IntakeLeaves(row.id, row.name, "review", leaves.draft, 1, [1 for _ in leaves.items], 1)
    return told_ahead.told("capture.why_not", judges, boss, row.id, tries, neutral)


def test_an_input_of_an_unknown_item_waits_for_what_is_meant(shop: Any) -> None:
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};NO-SUCH-1;10;"))
    (row,) = inputs(shop)
    assert told(shop, row) == {"order": ["items-not-settled"], "settle": [], "reread": [], "dismiss": [], "reject": []}
    assert run("capture.settle", shop.manager, [SettleInput(row.id, items={1: shop.items["PAP-A4-80"]})]).ok
    assert ask("capture.why_not", shop.stranger, id=row.id) is None


def test_an_input_of_nobody_we_know_waits_for_its_customer(shop: Any) -> None:
    come_in(shop, "b.csv", csv("B-1;Nobody & Sons;PAP-A4-80;10;"))
    (row,) = inputs(shop)
    assert told(shop, row)["order"] == ["customer-not-settled"]


def test_what_became_an_order_is_changed_as_an_order(shop: Any) -> None:
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;10;"))
    (row,) = inputs(shop)
    assert row.state == "order"
    assert {code for codes in told(shop, row).values() for code in codes} == {"wrong-intake-state"}


def test_one_order_of_several_in_a_file_is_not_read_again(shop: Any) -> None:
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};NO-SUCH-1;1;", f"B-2;{CUSTOMER};NO-SUCH-2;1;"))
    assert [told(shop, row)["reread"] for row in inputs(shop)] == [["one-of-several"]] * 2


def test_of_what_cannot_be_read_no_order_is_made_and_it_may_be_set_aside(shop: Any) -> None:
    come_in(shop, "hello.txt", b"hello, how are you?")
    (row,) = inputs(shop)
    before = told(shop, row)
    assert before["order"][0] in ("nothing-was-read", "wrong-intake-state")
    assert run("capture.dismiss", shop.manager, [DismissInput(row.id)]).ok
    (row,) = inputs(shop)
    assert {code for codes in told(shop, row).values() for code in codes} == {"wrong-intake-state"}
