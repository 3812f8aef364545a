"""The papers of a print order come without a click: worksheet, price sheet, paper description, price list (DX-09, 10, 11, 24)."""

import json
import re
from decimal import Decimal as D

import press_room
import pypdfium2
import pytest

from orderway.documents.printing import file
from orderway.kernel import reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.production.papers import template_versions

KINDS = ["paper_description", "price_list", "price_sheet", "worksheet"]


def jobs():
    rows = fetch(
        "select queue_name, args::text as args from procrastinate_jobs where task_name = 'documents.make_paper' order by id",
        {},
    )
    return [(row.queue_name, json.loads(row.args)) for row in rows]


def filed(shop, order):
    """The papers in the order's parcel by kind: (version, text with single spaces). The jobs are worked off first."""
    reacting.drain()
    for _, args in jobs():
        file(args["company"], args["kind"], args["subject"])
    found = {}
    for row in ask("documents.in_parcel", shop.manager, id=ask("orders.one", shop.manager, id=order).parcel_id):
        pdf = ask("documents.content", shop.manager, document=row.id).content
        with pypdfium2.PdfDocument(pdf) as document:
            words = " ".join(page.get_textpage().get_text_range() for page in document)
        found[row.kind] = (row.version, " ".join(words.split()))
    return found


def german(amount):
    """An amount as a German paper prints it."""
    return f"{amount:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")


@pytest.fixture
def order(press):
    (id,) = press_room.specified(press, ("DESIGN-H", 2), run=D(12_500), notes="grain along the height")
    return id


def test_the_command_only_asks_and_four_jobs_are_queued_for_the_paper_workers(press, order):
    outcome = run("production.make_papers", press.manager, [Ref(order)])
    assert outcome.done == [order]
    assert jobs() == []
    reacting.drain()
    assert sorted(args["kind"] for _, args in jobs()) == KINDS
    assert {queue for queue, _ in jobs()} == {"paper"}


def test_the_worksheet_says_order_paper_format_colours_run_and_deadline(press, order):
    run("production.make_papers", press.manager, [Ref(order)])
    _, text = filed(press, order)["worksheet"]
    number = ask("orders.one", press.manager, id=order).number
    for words in (
        number,
        "PAP-LX-120",
        "120 g/m²",
        "A4, 210 × 297 mm",
        "2/0",
        "12.500",
        "06.03.2026",
        "Kanzlei Bergmann Roth",
    ):
        assert words in text
    assert "Speedmaster 74-2" in text
    assert "Polar 92" in text
    assert "grain along the height" in text


def test_the_price_sheets_total_is_the_orders_to_the_cent(press, order):
    run("production.make_papers", press.manager, [Ref(order)])
    _, text = filed(press, order)["price_sheet"]
    head = ask("orders.one", press.manager, id=order)
    (spec,) = ask("production.specs", press.manager, order=order)
    assert head.net == spec.price + 150
    total = re.search(r"Kalkulierter Preis, netto ([\d.]+,\d\d)", text)
    assert total[1] == german(head.net)
    # the steps from the cost to the total, as they stand on the paper, add up
    steps = re.findall(r"(-?[\d.]+,\d\d) €", text[text.index("Selbstkosten") : text.index("Kalkulierter Preis")])
    assert sum(D(step.replace(".", "").replace(",", ".")) for step in steps) == head.net
    assert "Design work, one hour" in text
    for part in ask("production.parts", press.manager, id=spec.estimate_id):
        assert german(part.amount) in text
    assert german(spec.cost) in text
    for words in ("Druckplatten", "Einrichten", "Fortdruck", "Gemeinkosten 12 %", "Gewinn 20 %"):
        assert words in text


def test_the_paper_description_is_the_material_master_and_the_price_list_another_paper(press, order):
    run("production.make_papers", press.manager, [Ref(order)])
    papers = filed(press, order)
    _, text = papers["paper_description"]
    for words in (
        "Woodfree offset",
        "120 g/m²",
        "430 × 610 mm",
        "ivory",
        "uncoated",
        "135 µm",
        "langen Kante",
        "50.000",
        "Main hall",
    ):
        assert words in text
    _, prices = papers["price_list"]
    assert "LETTER-A4" in prices
    assert "DESIGN-H" in prices
    assert "75.00" in prices
    assert prices != papers["price_sheet"][1]


def test_the_price_list_holds_the_customers_prices_of_the_day(press, order):
    trade = fetch("select id from price where price_group = 'trade'", {})
    assert trade
    fetch("update party set price_group = 'trade' where id = %(id)s", {"id": press.customers["10001"]})
    lines = [("PAP-A4-80", 1)]
    (other,) = press_room.specified(press, *lines)
    run("production.make_papers", press.manager, [Ref(other)])
    _, prices = filed(press, other)["price_list"]
    place = prices.index("PAP-A4-80")
    assert "4.20" in prices[place : place + 120]
    assert "4.90" not in prices[place : place + 120]


def test_the_same_again_files_nothing_and_a_changed_form_files_new_versions(press, order):
    run("production.make_papers", press.manager, [Ref(order)])
    first = filed(press, order)
    assert sorted(first) == KINDS
    assert {version for version, _ in filed(press, order).values()} == {1}
    run("production.specify", press.manager, [press_room.form(order, run=D(20_000))])
    run("production.make_papers", press.manager, [Ref(order)])
    second = filed(press, order)
    assert {kind: version for kind, (version, _) in second.items()}.items() >= {
        "worksheet": 2,
        "price_sheet": 2,
    }.items()
    assert "20.000" in second["worksheet"][1]


def test_the_record_tells_who_asked_the_system_and_the_templates_version(press, order):
    run("production.make_papers", press.manager, [Ref(order)])
    filed(press, order)
    (spec,) = ask("production.specs", press.manager, order=order)
    (wanted,) = fetch(
        "select data::text as data from event where name = 'print_spec.papers_wanted' and subject_id = %(id)s and root_id = %(order)s",
        {"id": spec.id, "order": order},
    )
    templates = json.loads(wanted.data)["templates"]
    assert templates == dict(template_versions())
    assert sorted(templates) == KINDS
    made = fetch(
        "select actor_id from event where name = 'paper.filed' and root_id in (select parcel_id from sales_order where id = %(id)s)",
        {"id": order},
    )
    assert [row.actor_id for row in made] == [0, 0, 0, 0]


@pytest.mark.parametrize(("language", "title"), [("de", "Auftragstasche"), ("en", "Worksheet")])
def test_the_house_reads_its_own_language(press, order, language, title):
    fetch("update company set language = %(language)s where id = %(id)s", {"language": language, "id": press.company})
    run("production.make_papers", press.manager, [Ref(order)])
    assert title in filed(press, order)["worksheet"][1]


def test_an_order_without_a_form_or_one_that_is_cancelled_has_no_papers(press):
    (order,) = press_room.placed(press)
    assert [r.code for r in run("production.make_papers", press.manager, [Ref(order)]).refused] == ["no-specification"]
    assert [r.code for r in run("production.make_papers", press.stranger, [Ref(order)]).refused] == ["unknown-order"]
