"""Papers come by themselves: confirmation, pick list, packing list, delivery note and the legal invoice lie in the order's parcel."""

import pypdfium2
import pytest
from facturx import get_xml_from_pdf
from steps import Story

from orderway.documents import printing
from orderway.documents.store import store
from orderway.kernel.registry import Ref
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine

pytestmark = pytest.mark.usefixtures("db")


def work_off_jobs():
    """What the paper worker does, in this transaction: every queued paper is made and filed."""
    jobs = fetch(
        "select args from procrastinate_jobs where task_name = 'documents.make_paper' and status = 'todo' order by id",
        {},
    )
    fetch("delete from procrastinate_jobs where task_name = 'documents.make_paper'", {})
    import json

    for job in jobs:
        args = json.loads(job.args) if isinstance(job.args, str) else job.args
        printing.file(args["company"], args["kind"], args["subject"])


def papers(order):
    """kind -> (content, sealed) of everything in the order's parcel."""
    rows = fetch(
        "select d.kind, b.sha256, v.sealed_at from document d join document_version v on v.document_id = d.id "
        "join blob b on b.id = v.blob_id join sales_order o on o.parcel_id = d.parcel_id where o.id = %(id)s::bigint",
        {"id": order},
    )
    return {row.kind: (store().read(1, row.sha256), row.sealed_at is not None) for row in rows}


def words(pdf):
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_an_order_leaves_its_papers_in_its_parcel(shop):
    story = Story(shop)
    item = story.item("PAPERS", "12.50", main=10)
    order = story.order(PlaceLine(item, quantity=4, discount=10))
    (shipment,) = story.shipments(order)
    story.pick_and_send(shipment.id)
    story.ok("billing.issue", shop.accountant, Ref(order))
    story.later()
    work_off_jobs()
    filed = papers(order)
    assert set(filed) == {"order_confirmation", "pick_list", "packing_list", "delivery_note", "invoice"}
    assert {kind for kind, (_, sealed) in filed.items() if sealed} == {"delivery_note", "invoice"}
    number, bill = story.head(order).number, story.bills(order)[0]
    assert all(number in words(content) for content, _ in filed.values())
    assert bill.net == 45
    name, xml = get_xml_from_pdf(filed["invoice"][0], check_xsd=True, check_schematron=False)
    assert name == "factur-x.xml"
    assert f">{bill.due:.2f}<".encode() in xml
    story.later()
    work_off_jobs()
    assert papers(order) == filed, "made again, nothing changes"
