"""Reports: one state of everything, the same figures on the page and in every file; and the tour of promises."""

import csv
import os
import re
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal as D
from io import BytesIO, StringIO
from random import Random

import psycopg
import pypdfium2
import pytest
import shop_floor as floor
from django.db import InternalError, connection
from openpyxl import load_workbook

from orderway.kernel import clock
from orderway.kernel.access import ROLES
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.stock.commands import Move
from orderway.web.export import harmless
from orderway.web.figures import REPORTS
from orderway.web.snapshot import snapshot


def text(answer):
    return answer.content.decode()


@pytest.fixture
def trade(shop):
    """Three orders, one of them invoiced."""
    floor.shipment(shop, 3)
    floor.picked(shop, 4)
    return floor.invoice(shop)


@pytest.fixture
def short(shop):
    """A confirmed order that lacks ten of sixty."""
    line = PlaceLine(shop.items["PAP-LX-120"], D(60))
    order = floor.ok("orders.place", shop.manager, PlaceOrder(shop.customers["10001"], [line])).done[0]
    for verb in ("orders.confirm", "orders.allocate"):
        floor.ok(verb, shop.manager, Ref(order))
    return order


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reports_at_any_time(role, as_, trade):
    browser = as_(role)
    pages = [
        "/reports",
        "/reports?of=invoices&by=customer&which=active",
        "/reports?of=shipments&by=carrier&which=archived",
    ]
    odd = "/reports?of=x&by=y&which=z&since=2026-13-01&until=nonsense"
    for page in [
        *pages,
        odd,
        "/reports/file.csv",
        "/reports/file.xlsx?of=shipments",
        "/reports/file.pdf?of=invoices",
        "/tour",
    ]:
        assert browser.get(page).status_code == 200, page
    assert browser.get("/reports/file.exe").status_code == 404


def test_months_are_called_as_people_call_them_and_stand_in_their_order(shop, as_):
    row = PlaceOrder(shop.customers["10002"], [PlaceLine(shop.items["PAP-A4-80"], D(1))])
    for at in (datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2025, 10, 3, 9, tzinfo=UTC)):
        with clock.at(at):
            floor.ok("orders.place", shop.manager, row)
    page = text(as_("manager").get("/reports?by=month"))
    assert page.index(">Oct 2025<") < page.index(">Feb 2026<")
    page = text(as_("manager", "de").get("/reports?by=month"))
    assert page.index(">Okt 2025<") < page.index(">Feb 2026<")


def test_the_back_orders_are_a_report_with_what_they_lack(shop, as_, short):
    (row,) = csv.DictReader(
        StringIO(text(as_("manager").get("/reports/file.csv?of=backorders")).removeprefix("\ufeff"))
    )
    assert (row["Item"], D(row["Reserved"]), D(row["Lacks"]), row["Net"]) == ("PAP-LX-120", D(50), D(10), "1180.00")
    page = text(as_("manager").get("/stock/queue"))
    assert "Back-orders" in page
    assert "PAP-LX-120" in page


def test_the_stock_report_says_of_each_product_what_its_ledger_adds_up_to(shop, as_, trade, short):
    luck = Random(7)
    for _ in range(30):
        item, place = luck.choice(sorted(shop.items.values())), luck.choice(sorted(shop.warehouses.values()))
        run("stock.move", shop.warehouse, [Move(item, place, D(luck.randint(-9, 30)), "counted")])
    ledger = fetch(
        "select i.number, sum(m.quantity) as n from stock_move m join stock_level l on l.id = m.level_id"
        " join item i on i.id = l.item_id where l.company_id = %(c)s group by i.number",
        {"c": shop.company},
    )
    rows = list(csv.DictReader(StringIO(text(as_("manager").get("/reports/file.csv?of=stock")).removeprefix("\ufeff"))))
    totals = Counter()
    for row in rows:
        totals[row["Item"]] += D(row["On hand"])
        assert D(row["On hand"]) - D(row["Reserved"]) == D(row["Free"])
    assert {item: n for item, n in totals.items() if n} == {row.number: row.n for row in ledger if row.n}
    page = text(as_("manager").get("/reports?of=stock"))
    assert all(f"{row.n:,.2f}" in page for row in ledger if row.n)


def test_page_and_files_say_the_same_as_a_recount(shop, as_, trade, short):
    browser = as_("manager")
    rows = ask("orders.list", shop.manager, which="all", size=200).rows
    total = sum((row.net for row in rows), D(0))
    assert f"{total:,.2f}" in text(browser.get("/reports?of=orders&by=customer"))
    for kind, report in REPORTS.items():
        for by in report.groups:
            assert f"{report.label} by {by}" in text(browser.get(f"/reports?of={kind}&by={by}"))
    table = list(csv.DictReader(StringIO(text(browser.get("/reports/file.csv?of=orders")).removeprefix("\ufeff"))))
    assert {row["Order"] for row in table} == {row.number for row in rows}
    assert sum(D(row["Net"]) for row in table) == total
    book = load_workbook(BytesIO(browser.get("/reports/file.xlsx?of=orders&by=state").content))
    heads = [cell.value for cell in book.worksheets[0][1]]
    nets = [row[heads.index("Net")].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert sum(D(str(net)) for net in nets) == total
    assert sum(D(str(row[2].value)) for row in book["Sums"].iter_rows(min_row=2) if row[0].value) == 2 * total
    pages = pypdfium2.PdfDocument(browser.get("/reports/file.pdf?of=orders").content)
    words = pages[0].get_textpage().get_text_bounded()
    assert all(row.number in words for row in rows)


def test_a_period_narrows_everything(as_, trade):
    browser = as_("manager")
    assert "Nothing falls into this report" in text(browser.get("/reports?until=2020-01-01"))
    today = date.today().isoformat()  # noqa: DTZ011 - the orders were placed just now
    assert "Nothing falls" not in text(browser.get(f"/reports?since={today[:8]}01"))


def test_another_companys_rows_are_in_no_report(shop, as_, trade):
    number = ask("orders.list", shop.manager).rows[0].number
    assert number not in text(as_(shop.stranger).get("/reports/file.csv?of=orders"))


@pytest.mark.parametrize("text_", ["=1+1", "+49", "-2", "@SUM(A1)", "\tx"])
def test_no_text_becomes_a_formula(text_):
    assert harmless(text_).startswith("'")
    assert harmless("Kanzlei =1") == "Kanzlei =1"


def test_a_report_is_one_state_while_others_write():
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("create table report_probe (n integer)")
        try:
            with snapshot(), connection.cursor() as cursor:
                seen = []
                for n in range(3):
                    cursor.execute("select count(*) from report_probe")
                    seen.append(cursor.fetchone()[0])
                    other.execute("insert into report_probe values (%s)", [n])
            assert seen == [0, 0, 0]
            with pytest.raises(InternalError, match="read-only"), snapshot(), connection.cursor() as cursor:
                cursor.execute("insert into report_probe values (9)")
        finally:
            other.execute("drop table report_probe")


def test_every_promise_of_the_tour_leads_to_a_page_with_data(shop, as_, trade):
    floor.specified(shop)
    browser = as_("administrator")
    page = text(browser.get("/tour"))
    links = re.findall(r'<a class="link" href="([^"]+)"', page)
    assert len(links) >= 18
    for link in links:
        assert browser.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "Your roles do not include this" in text(as_("auditor").get("/tour"))


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("auditor", 200), ("warehouse", 403)])
def test_the_page_of_due_times_opens_for_those_who_answer_for_them(as_, role, status):
    assert as_(role).get("/reports/due").status_code == status
    assert as_(role).get("/reports/due?map=print_order&since=2026-01-01").status_code == status


def test_a_step_done_late_stands_in_the_report_of_due_times(shop, as_):
    import shop_floor as floor

    from orderway.kernel.sql import fetch

    floor.machines(shop)
    floor.print_order(shop)
    fetch("update work_item set due_at = now() - interval '1 hour' where state = 'open' and company_id = 1", {})
    page = as_("manager").get("/reports/due").content.decode()
    assert "Overdue now" in page
    assert "0\u202f%" in page
    assert "Due times" in as_("manager").get("/reports").content.decode()
