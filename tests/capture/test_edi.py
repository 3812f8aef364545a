"""Orders that come by EDI: what each case file says is what stands in the draft, and a broken file says where it is broken."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from orderway.capture.drafts import LineDraft, OrderDraft, Reading
from orderway.capture.readers import edifact, x12

EXPECTED = Path(__file__).parent / "expected"
FOLDERS = ("edifact", "edi-net", "x12")
PATHS = sorted(
    str(found.relative_to(EXPECTED)).removesuffix(".json")
    for folder in FOLDERS
    for found in (EXPECTED / folder).rglob("*.json")
)


def reading(data: bytes) -> Reading | None:
    """What the EDI readers make of an input, None where neither claims it."""
    return next((reader.read(data) for reader in (edifact, x12) if reader.claims(data)), None)


def plain(value: date | Decimal | None) -> str | None:
    return None if value is None else str(value)


def line_facts(line: LineDraft) -> dict[str, str | None]:
    return {
        "position": line.position,
        "item": line.item,
        "description": line.description,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "price": plain(line.price),
        "amount": plain(line.amount),
        "requested_on": plain(line.requested_on),
    }


def order_facts(order: OrderDraft) -> dict[str, object]:
    return {
        "number": order.number,
        "reference": order.reference,
        "customer": {"name": order.customer.name, "ids": [list(pair) for pair in order.customer.ids]},
        "currency": order.currency,
        "ordered_on": plain(order.ordered_on),
        "requested_on": plain(order.requested_on),
        "lines": [line_facts(line) for line in order.lines],
        "total": plain(order.total),
    }


def test_every_case_file_has_an_expected_reading(cases: Path) -> None:
    orders = cases / "b_orders"
    files = {
        str(found.relative_to(orders))
        for folder in FOLDERS
        for found in (orders / folder).rglob("*")
        if found.is_file()
    }
    assert files == set(PATHS)


@pytest.mark.parametrize("path", PATHS)
def test_a_case_file_is_read_as_it_states(cases: Path, path: str) -> None:
    expected = json.loads((EXPECTED / f"{path}.json").read_text(encoding="utf-8"))
    found = reading((cases / "b_orders" / path).read_bytes())
    if expected["status"] == "not edi":
        assert found is None
        return
    assert found is not None
    assert (found.status, found.kind) == (expected["status"], expected["kind"])
    assert found.reason == expected["reason"]
    assert [order_facts(draft) for draft in found.drafts] == expected.get("orders", [])


def test_an_order_reads_as_the_smooks_library_reads_it(cases: Path) -> None:
    folder = cases / "b_orders/edifact/smooks/edifact-cartridge/src/test/resources/data"
    oracle = etree.parse(folder / "ORDERS_D.03B_Interchange.xml")
    order = edifact.read((folder / "ORDERS_D.03B_Interchange.txt").read_bytes()).drafts[0]

    def texts(name: str) -> list[str]:
        return [str(found.text) for found in oracle.iter("{*}" + name)]

    assert [line.item for line in order.lines] == texts("E7140")
    assert [str(line.quantity) for line in order.lines] == texts("E6060")
    assert order.number == texts("E1004")[0]


def test_an_order_reads_as_the_node_x12_library_maps_it(cases: Path) -> None:
    folder = cases / "b_orders/x12/node-x12"
    oracle = json.loads((folder / "850_map_result.json").read_text(encoding="utf-8"))
    order = x12.read((folder / "850.edi").read_bytes()).drafts[0]
    ship_to = oracle["ShipTo"]
    assert order.number == oracle["OrderNumber"]
    assert [str(line.quantity) for line in order.lines] == [line["Quantity"] for line in oracle["OrderLines"]]
    assert order.delivery.name == ship_to["Name"]
    assert order.delivery.ids == (("DUNS+4", ship_to["Destination"]),)
    assert (order.delivery.street, order.delivery.postcode) == (ship_to["Address"], ship_to["Zip"])
    assert order.delivery.city == f"{ship_to['City']}, {ship_to['State']}"


def test_stated_line_sums_add_up_to_the_stated_total(cases: Path) -> None:
    """The widgets' AMT is the sum of quantity × price: a wrong digit in any of the twelve numbers breaks it."""
    order = x12.read((cases / "b_orders/x12/node-x12/850.edi").read_bytes()).drafts[0]
    assert sum(line.quantity * line.price for line in order.lines if line.quantity and line.price) == order.total


def test_the_files_called_broken_are_refused_at_their_place_and_no_other(cases: Path) -> None:
    """The names are the oracle: those who gave them say that these must report an error, and the others be read."""
    marks = ("BAD_", "_bad", "order-blocked", "wrong-segment", "/fail/", "invalid997")
    found = {path: reading((cases / "b_orders" / path).read_bytes()) for path in PATHS}
    edi = {path: read for path, read in found.items() if read is not None}
    broken = {path for path in edi if any(mark in path for mark in marks)}
    assert len(broken) == 11
    assert {path for path, read in edi.items() if read.status == "rejected"} == broken
    assert all(edi[path].reason.startswith("segment ") for path in broken)


def test_a_wrong_segment_count_of_a_case_file_is_named_with_both_numbers(cases: Path) -> None:
    """Counted by hand and eye in the files: what UNT or SE says, and what stands between it and its header."""
    folder = cases / "b_orders"
    counted = {
        "edifact/staedi/EDIFACT/orders-with-group.edi": ("segment 20 (UNT)", 21, 18),
        "edifact/pydifact/messages/v4/aperak.edi": ("segment 8 (UNT)", 8, 7),
        "edi-net/edifact.Issue196.edi": ("segment 14 (UNT)", 331, 13),
        "edi-net/edifact.ORDRSP-formatted.edi": ("segment 31 (UNT)", 17, 30),
        "edi-net/x12.832.edi": ("segment 14 (SE)", 17, 12),
    }
    for path, (place, stated, there) in counted.items():
        found = reading((folder / path).read_bytes())
        assert found is not None
        assert f"{place}: {stated} segments are counted, {there} are here" in found.reason
