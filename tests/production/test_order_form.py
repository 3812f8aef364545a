"""The manager fills in the offset order form (DX-22); it is judged field by field, calculated, and prices its line."""

from datetime import date
from decimal import Decimal as D

import press_room
import pytest
from django.utils import translation

from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import Ref, commands
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.copy import CopyOrder
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.production.commands.estimate import EstimateSpec
from orderway.production.commands.set_up import DescribePaper, SetMachine
from orderway.production.commands.specify import OrderPrint


def spec_of(shop, order):
    (spec,) = ask("production.specs", shop.manager, order=order)
    return spec


def test_a_filled_form_is_kept_calculated_and_prices_the_order(press):
    (order,) = press_room.specified(press, ("DESIGN-H", 2))
    spec = spec_of(press, order)
    assert (spec.width, spec.height, spec.pages, spec.colours_front, spec.colours_back) == (210, 297, 1, 2, 0)
    assert (spec.paper_number, spec.run, spec.finishing, spec.deadline) == (
        "PAP-LX-120",
        5000,
        ["trim"],
        press_room.DEADLINE,
    )
    assert (spec.price, spec.press, spec.up, spec.sheets) == (D("545.09"), "Speedmaster 74-2", 2, 2668)
    made, _design = ask("orders.lines", press.manager, id=order)
    assert (made.net, made.quantity) == (D("545.09"), D(5000))
    assert ask("orders.one", press.manager, id=order).net == D("695.09")
    assert sum(part.amount for part in ask("production.parts", press.manager, id=spec.estimate_id)) == D("545.09")


FAULTS = [
    ("format", {"format": ""}),
    ("format", {"format": "B17"}),
    ("format", {"format": "10 x 20 mm"}),
    ("format", {"format": "594 × 841"}),  # larger than the sheet
    ("paper", {"paper": ""}),
    ("paper", {"paper": "Papyrus"}),
    ("colours", {"colours": ""}),
    ("colours", {"colours": "four"}),
    ("colours", {"colours": "0/4"}),
    ("colours", {"colours": "9/0"}),
    ("run", {"run": None}),
    ("run", {"run": D(0)}),
    ("run", {"run": D("12.5")}),
    ("run", {"run": D("NaN")}),
    ("run", {"run": D(10_000_001)}),
    ("pages", {"pages": D(7)}),
    ("pages", {"pages": D(1), "colours": "4/4"}),
    ("finishing", {"finishing": "trim, gild"}),
    ("grain", {"grain": "sideways"}),
    ("deadline", {"deadline": None}),
    ("deadline", {"deadline": date(2026, 3, 1)}),
    ("margin", {"margin": D(-1)}),
]


@pytest.mark.parametrize(("field", "changed"), FAULTS)
def test_each_wrong_field_is_named_with_a_sentence(press, field, changed):
    (order,) = press_room.placed(press)
    outcome = run("production.specify", press.manager, [press_room.form(order, **changed)])
    assert [(r.code, r.subject, r.facts["field"]) for r in outcome.refused] == [("invalid", order, field)]
    assert outcome.refused[0].facts["reason"].endswith(".")
    assert ask("production.specs", press.manager, order=order) == []


def test_all_faults_are_told_at_once(press):
    (order,) = press_room.placed(press)
    wrong = press_room.form(order, format="", colours="", run=None, deadline=None, paper="")
    outcome = run("production.specify", press.manager, [wrong])
    assert [r.facts["field"] for r in outcome.refused] == ["format", "colours", "run", "paper", "deadline"]


@pytest.mark.parametrize(
    ("typed", "size"),
    [("a5", (148, 210)), ("DL", (99, 210)), ("210x105", (210, 105)), ("99,5 × 210 mm", (D("99.5"), 210))],
)
def test_formats_are_names_or_millimetres(press, typed, size):
    (order,) = press_room.specified(press, format=typed)
    spec = spec_of(press, order)
    assert (spec.width, spec.height) == size


def test_paper_and_finishing_are_found_by_name_in_any_case(press):
    (order,) = press_room.specified(press, paper="coated SILK 135 g", finishing="Polar 92, FOLD")
    spec = spec_of(press, order)
    assert (spec.paper_number, spec.finishing) == ("BD-135", ["trim", "fold"])


def test_a_changed_run_changes_line_price_and_what_stock_is_asked_for(press):
    (order,) = press_room.specified(press)
    assert run("production.specify", press.manager, [press_room.form(order, run=D(8000))]).ok
    (line,) = ask("orders.lines", press.manager, id=order)
    assert line.quantity == 8000
    (demand,) = fetch("select quantity, allocated from demand where id = %(id)s", {"id": line.demand_id})
    assert demand == (D(8000), D(0))
    spec = spec_of(press, order)
    assert line.net == spec.price > D("545.09")
    assert ask("orders.one", press.manager, id=order).net == spec.price


def test_a_discount_of_the_line_stays(press):
    line = PlaceLine(press.items["LETTER-A4"], D(5000), discount=D(10))
    (order,) = run("orders.place", press.manager, [PlaceOrder(press.customers["10001"], [line])]).done
    assert run("production.specify", press.manager, [press_room.form(order)]).ok
    assert ask("orders.one", press.manager, id=order).net == D("490.58")


def test_the_same_form_twice_makes_no_second_version_so_that_an_approval_holds(press):
    (order,) = press_room.specified(press)
    before = spec_of(press, order)
    assert run("production.specify", press.manager, [press_room.form(order, notes="call first")]).ok
    after = spec_of(press, order)
    assert (after.estimate_id, after.notes) == (before.estimate_id, "call first")
    assert run("production.specify", press.manager, [press_room.form(order, colours="4/0")]).ok
    assert spec_of(press, order).version == 2


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda shop, order: run("orders.confirm", shop.manager, [Ref(order)]), "wrong-state"),
        (lambda shop, order: run("orders.cancel", shop.manager, [HoldOrder(order, "no")]), "wrong-state"),
    ],
)
def test_a_confirmed_or_cancelled_order_keeps_its_form(press, spoil, code):
    (order,) = press_room.placed(press)
    spoil(press, order)
    outcome = run("production.specify", press.manager, [press_room.form(order)])
    assert [(r.code, r.subject) for r in outcome.refused] == [(code, order)]


def test_an_order_without_printed_matter_has_no_form(press):
    lines = [PlaceLine(press.items["PAP-A4-80"], D(1))]
    (order,) = run("orders.place", press.manager, [PlaceOrder(press.customers["10001"], lines)]).done
    assert run("production.specify", press.manager, [press_room.form(order)]).refused == [
        Refusal("no-printed-line", order, {"number": ask("orders.one", press.manager, id=order).number})
    ]


def test_of_two_printed_lines_the_form_says_which(press):
    lines = [PlaceLine(press.items["LETTER-A4"], D(1000)), PlaceLine(press.items["LETTER-A4"], D(2000))]
    (order,) = run("orders.place", press.manager, [PlaceOrder(press.customers["10001"], lines)]).done
    assert [r.code for r in run("production.specify", press.manager, [press_room.form(order)]).refused] == [
        "which-line"
    ]
    first, second = (line.id for line in ask("orders.lines", press.manager, id=order))
    forms = [press_room.form(order, line=second, run=D(2000)), press_room.form(order, line=first, run=D(1000))]
    assert run("production.specify", press.manager, forms).ok
    assert [spec.run for spec in ask("production.specs", press.manager, order=order)] == [1000, 2000]


def test_three_quantities_stand_side_by_side(press):
    (order,) = press_room.specified(press)
    spec = spec_of(press, order)
    assert run("production.estimate", press.manager, [EstimateSpec(spec.id, [2500, 10_000])]).ok
    rows = ask("production.estimates", press.manager, spec=spec.id)
    assert [row.quantity for row in rows] == [2500, 5000, 10_000]
    assert rows[0].per_thousand > rows[1].per_thousand > rows[2].per_thousand
    # the order still costs what its own run costs
    assert ask("orders.one", press.manager, id=order).net == rows[1].price == D("545.09")


def test_another_margin_is_another_price(press):
    (order,) = press_room.specified(press)
    spec = spec_of(press, order)
    assert run("production.estimate", press.manager, [EstimateSpec(spec.id, margin=D(0))]).ok
    assert ask("orders.one", press.manager, id=order).net == D("454.24")
    refused = run("production.estimate", press.manager, [EstimateSpec(spec.id, margin=D(501))]).refused
    assert [r.code for r in refused] == ["price-not-possible"]


def test_the_form_as_a_new_order_places_specifies_and_prices_in_one_go(press):
    row = OrderPrint(press.customers["10001"], press.items["LETTER-A4"], **press_room.LETTERHEAD, their_reference="B-7")
    outcome = run("production.order", press.manager, [row])
    assert outcome.ok, outcome.refused
    (order,) = outcome.done
    head = ask("orders.one", press.manager, id=order)
    assert (head.state, head.net, head.their_reference) == ("placed", D("545.09"), "B-7")
    assert spec_of(press, order).run == 5000


def test_a_wrong_form_places_nothing_unless_the_good_ones_may_go(press):
    good = OrderPrint(press.customers["10001"], press.items["LETTER-A4"], **press_room.LETTERHEAD)
    bad = OrderPrint(press.customers["10001"], press.items["LETTER-A4"], **{**press_room.LETTERHEAD, "colours": "x"})
    nobody = OrderPrint(999_999, press.items["LETTER-A4"], **press_room.LETTERHEAD)
    before = ask("orders.list", press.manager, which="all").count
    assert [r.subject for r in run("production.order", press.manager, [good, bad]).refused] == [1]
    assert ask("orders.list", press.manager, which="all").count == before
    outcome = run("production.order", press.manager, [bad, nobody, good], partial=True)
    assert sorted((r.subject, r.code) for r in outcome.refused) == [(0, "invalid"), (1, "unknown-customer")]
    assert len(outcome.done) == 1


def test_values_as_a_map_or_a_page_sends_them_are_understood(press):
    (order,) = press_room.placed(press)
    raw = {**press_room.LETTERHEAD, "id": order, "run": "5000", "deadline": "2026-03-06", "finishing": None}
    rows, refused = commands["production.specify"].read([raw])
    assert not refused
    assert run("production.specify", press.manager, rows).ok
    rows, refused = commands["production.specify"].read([{**raw, "run": "many"}])
    assert [r.facts["field"] for r in refused] == ["run"]


def test_the_sentences_come_in_the_readers_language(press):
    (order,) = press_room.placed(press)
    with translation.override("en"):
        outcome = run("production.specify", press.manager, [press_room.form(order, paper="Papyrus")])
    assert outcome.refused[0].facts["reason"] == "There is no paper Papyrus. Describe it first, or choose another."


def test_a_stranger_and_a_wrong_role_cannot(press):
    (order,) = press_room.placed(press)
    assert [r.code for r in run("production.specify", press.stranger, [press_room.form(order)]).refused] == [
        "unknown-order"
    ]
    assert [r.code for r in run("production.specify", press.warehouse, [press_room.form(order)]).refused] == [
        "not-allowed"
    ]


def test_an_order_copied_from_an_earlier_one_starts_with_its_form_but_not_its_deadline(press):
    (earlier,) = press_room.specified(press, notes="as last year")
    (copied,) = run("orders.copy", press.manager, [CopyOrder(earlier)]).done
    (filled,) = ask("production.forms", press.manager, order=earlier)
    (shown,) = ask("production.forms", press.manager, order=copied)
    assert (filled.filled, shown.filled) == (True, False)
    same = ("width", "height", "pages", "paper", "colours_front", "colours_back", "run", "finishing", "notes", "margin")
    assert [getattr(shown, name) for name in same] == [getattr(filled, name) for name in same]
    assert (filled.deadline, shown.deadline) == (press_room.DEADLINE, None)
    (blank,) = ask("production.forms", press.manager, order=press_room.placed(press)[0])
    assert (blank.filled, blank.paper, blank.run) == (False, None, D(5000))


def test_goods_from_the_shelf_are_not_printed(press):
    row = OrderPrint(press.customers["10001"], press.items["PAP-A4-80"], **press_room.LETTERHEAD)
    refused = run("production.order", press.manager, [row]).refused
    assert [(r.code, r.subject) for r in refused] == [("no-printed-item", 0)]


def test_a_finishing_machine_that_is_gone_gives_no_price(press):
    (order,) = press_room.specified(press)
    spec = spec_of(press, order)
    press_now = SetMachine("trim", "Converted", "press", D(1), 1, 1, D(10), D(10), 1)
    assert run("production.set_machines", press.planner, [press_now]).ok
    refused = run("production.estimate", press.manager, [EstimateSpec(spec.id)]).refused
    assert [(r.code, r.subject) for r in refused] == [("no-press", spec.id)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (SetMachine("", "Nameless", "finishing", D(1), 1, 1), "name-missing"),
        (SetMachine("x", "X", "oven", D(1), 1, 1), "unknown-kind"),
        (SetMachine("x", "X", "finishing", D(1), 1, 0), "figures-not-possible"),
        (SetMachine("x", "X", "press", D(1), 1, 1), "press-incomplete"),
    ],
)
def test_a_machine_that_cannot_be_is_refused(press, row, code):
    assert [r.code for r in run("production.set_machines", press.planner, [row]).refused] == [code]


def test_a_paper_that_cannot_be_is_refused(press):
    item = press.items["PAP-A4-80"]
    rows = [
        DescribePaper(999_999, "Offset", D(80), D(210), D(297), "long", D(8)),
        DescribePaper(item, "Offset", D(80), D(210), D(297), "round", D(8)),
        DescribePaper(item, "Offset", D(0), D(210), D(297), "long", D(8)),
    ]
    refused = run("production.describe_papers", press.purchasing, rows).refused
    assert [(r.code, r.subject) for r in refused] == [
        ("unknown-item", 0),
        ("unknown-grain", 1),
        ("figures-not-possible", 2),
    ]
