"""The estimate against a table worked out by hand, and the layout against counting (PR-02)."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.production.rules import BLEED, GRIPPER, SIDE, TAIL, Device, Job, Sheet, estimate, layout

FOUR = Device(1, "sm74-4", "Speedmaster 74-4", "press", D(530), D(740), 4, D(120), D("9.50"), 12, 8000)
TWO = Device(2, "sm74-2", "Speedmaster 74-2", "press", D(530), D(740), 2, D(85), D("9.50"), 10, 7000)
TRIM = Device(3, "trim", "Polar 92", "finishing", D(0), D(0), 0, D(60), D(0), 10, 20_000)
FOLD = Device(4, "fold", "Stahl KH 66", "finishing", D(0), D(0), 0, D(55), D(0), 20, 9000)
STITCH = Device(5, "stitch", "Hohner Exact", "finishing", D(0), D(0), 0, D(70), D(0), 25, 6000)
MACHINES = [FOUR, TWO, TRIM, FOLD, STITCH]
MUNKEN = Sheet("Munken", D(430), D(610), "long", D(118))
COATED = Sheet("Coated", D(520), D(720), "short", D(96))

LETTERHEAD = Job(D(210), D(297), 1, 2, 0, ("trim",))
BROCHURE = Job(D(148), D(210), 16, 4, 4, ("fold", "stitch"))
CATALOGUE = Job(D(148), D(210), 40, 4, 4)

# job, run, sheet, margin -> press, up, forms, net, spoilage, plates, make-ready, run minutes, costs, overhead, margin, price
TABLE = [
    (
        LETTERHEAD, 5000, MUNKEN, 20,
        "sm74-2", 2, 1, 2500, 168, 2, 10, 23,
        ["314.82", "19.00", "14.17", "32.58", "25.00"], "405.57", "48.67", "90.85", "545.09",
    ),
    (
        BROCHURE, 2000, COATED, 25,
        "sm74-4", 8, 1, 2000, 180, 8, 24, 33,
        ["209.28", "76.00", "48.00", "66.00", "31.17", "52.50"], "482.95", "57.95", "135.23", "676.13",
    ),
    (
        CATALOGUE, 1000, COATED, 20,
        "sm74-4", 8, 3, 3000, 330, 24, 72, 50,
        ["319.68", "228.00", "144.00", "100.00"], "791.68", "95.00", "177.34", "1064.02",
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=["letterhead", "brochure", "catalogue"])
def test_the_estimate_is_the_hand_table_to_the_cent(row):
    (
        job,
        run,
        sheet,
        percent,
        press,
        up,
        forms,
        net,
        waste,
        plates,
        ready,
        minutes,
        costs,
        cost,
        overhead,
        margin,
        price,
    ) = row
    made = estimate(job, run, sheet, MACHINES, D(percent), "EUR")
    assert (made.press.key, made.layout.up, made.forms, made.sheets_net) == (press, up, forms, net)
    assert (made.spoilage, made.sheets, made.plates) == (waste, net + waste, plates)
    assert (made.make_ready, made.run_minutes) == (ready, minutes)
    *parts, over, profit = made.parts
    assert [part.amount for part in parts] == [D(amount) for amount in costs]
    assert (made.cost, over.amount, profit.amount, made.price) == (D(cost), D(overhead), D(margin), D(price))


def test_the_cheapest_press_is_taken_and_fewer_units_mean_more_passes():
    two_colours = estimate(LETTERHEAD, 5000, MUNKEN, MACHINES, D(20), "EUR")
    four_colours = estimate(LETTERHEAD._replace(colours_front=4), 5000, MUNKEN, MACHINES, D(20), "EUR")
    assert (two_colours.press, four_colours.press) == (TWO, FOUR)
    only_two = estimate(LETTERHEAD._replace(colours_front=4), 5000, MUNKEN, [TWO, TRIM], D(20), "EUR")
    assert (only_two.make_ready, only_two.run_minutes) == (20, 46)


def test_the_grain_of_a_brochure_runs_along_its_spine():
    # nine would fit on the sheet, were it not for the fibres
    assert layout(BROCHURE._replace(pages=4), COATED).up == 9
    assert layout(BROCHURE, COATED).up == 8
    assert layout(BROCHURE, COATED._replace(grain="long")).up == 9
    assert layout(BROCHURE._replace(pages=2, grain="width"), COATED._replace(grain="long")).up == 8


def test_what_fits_nowhere_has_no_price():
    poster = Job(D(594), D(841), 1, 4, 0)
    assert estimate(poster, 100, COATED, MACHINES, D(20), "EUR") is None
    assert estimate(LETTERHEAD, 100, Sheet("Large", D(700), D(1000), "long", D(150)), MACHINES, D(20), "EUR") is None


def _counted(room_long, room_short, along, across):
    """Leaves laid down one by one until the next one hangs over."""
    count, x = 0, D(0)
    while x + along <= room_long:
        y = D(0)
        while y + across <= room_short:
            count, y = count + 1, y + across
        x += along
    return count


@given(
    st.integers(300, 1000), st.integers(300, 1000), st.integers(50, 400), st.integers(50, 400),
    st.sampled_from(["", "height", "width"]), st.sampled_from(["long", "short"]),
)  # fmt: skip
def test_the_layout_holds_as_many_leaves_as_can_be_laid_down_in_rows(a, b, width, height, grain, fibres):
    long, short = max(a, b) - 2 * SIDE, min(a, b) - GRIPPER - TAIL
    w, h = width + 2 * BLEED, height + 2 * BLEED
    straight, turned = _counted(long, short, h, w), _counted(long, short, w, h)
    along_height = straight if fibres == "long" else turned
    along_width = turned if fibres == "long" else straight
    best = {"": max(straight, turned), "height": along_height, "width": along_width}[grain]
    found = layout(Job(D(width), D(height), 2, 1, 0, (), grain), Sheet("", D(a), D(b), fibres, D(1)))
    assert found.up == best


@given(st.integers(1, 200_000), st.integers(1, 200), st.integers(1, 8), st.integers(0, 8), st.integers(0, 300))
def test_the_price_is_the_sum_of_what_stands_above_it(run, leaves, front, back, margin):
    job = Job(D(148), D(210), 2 * leaves, front, back, ("fold",))
    made = estimate(job, run, COATED, MACHINES, D(margin), "EUR")
    amounts = [part.amount for part in made.parts]
    assert sum(amounts) == made.price
    assert sum(amounts[:-2]) == made.cost
    assert all(amount == amount.quantize(D("0.01")) for amount in amounts)
    assert made.sheets == made.sheets_net + made.spoilage
    # every leaf of every copy stands on a net sheet
    assert made.sheets_net * made.layout.up >= run * leaves
