"""The file of an order holds everything and opens offline (SE-47)."""

import json
import re
from hashlib import sha256
from html import unescape
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
import shop_floor as floor

from orderway.documents.commands import AddDocument
from orderway.documents.store import store
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.comment import CommentOrder
from orderway.parties.commands import ChangeParty
from orderway.web.efile import file_name


def opened(answer) -> ZipFile:
    assert answer["Content-Type"] == "application/zip"
    return ZipFile(BytesIO(b"".join(answer.streaming_content)))


def put(shop, order: int, name: str, content: bytes, document: int | None = None) -> int:
    """A paper comes into the parcel of an order, or a new version of one; its id."""
    kept = store().keep(shop.company, content).sha256
    parcel = ask("orders.one", shop.manager, id=order).parcel_id
    outcome = run(
        "documents.add",
        system_actor(shop.company),
        [AddDocument(parcel, kept, "text/plain", name, "original", document)],
    )
    assert outcome.ok, outcome.refused
    return int(outcome.done[0])


@pytest.fixture
def file(shop, order, as_) -> ZipFile:
    """That of an order with papers of any name, a note and a mail."""
    customer = ask("orders.one", shop.manager, id=order).customer_id
    floor.ok("parties.change", shop.manager, ChangeParty(customer, email="kanzlei@example.org"))
    run("orders.send_receipts", system_actor(shop.company), [Ref(order)])
    put(shop, order, "../../etc/passwd", b"outside")
    put(shop, order, "CON.txt", b"device")
    put(shop, order, "<script>alert(1)</script>.txt", b"script")
    floor.ok("orders.comment", shop.manager, CommentOrder(order, "Call <b>before</b> delivery"))
    reacting.drain()
    return opened(as_("manager").get(f"/orders/{order}/file.zip"))


def test_every_version_of_every_paper_lies_in_it_as_it_was_stored(shop, order, file):
    papers = json.loads(file.read("index.json"))["papers"]
    parcel = ask("orders.one", shop.manager, id=order).parcel_id
    stored = fetch(
        "select b.sha256 from document_version v join blob b on b.id = v.blob_id join document d on d.id = v.document_id"
        " where d.parcel_id = %(id)s",
        {"id": parcel},
    )
    assert sorted(sha256(file.read(paper["place"])).hexdigest() for paper in papers) == sorted(r.sha256 for r in stored)
    assert len(papers) >= 3


def test_what_a_paper_said_before_lies_behind_it(shop, order, as_):
    paper = put(shop, order, "Bestellung.txt", b"ten reams")
    put(shop, order, "Bestellung.txt", b"twelve reams", paper)
    file = opened(as_("manager").get(f"/orders/{order}/file.zip"))
    assert {file.read(name) for name in file.namelist() if name.endswith("Bestellung.txt")} == {
        b"ten reams",
        b"twelve reams",
    }
    (earlier,) = [name for name in file.namelist() if name.startswith("papers/earlier/")]
    assert file.read(earlier) == b"ten reams"


def test_every_link_of_its_index_leads_into_the_file_and_nowhere_else(file):
    page = file.read("index.html").decode()
    links = [unquote(unescape(link)) for link in re.findall(r'(?:href|src)="([^"#]+)"', page)]
    assert links
    assert set(links) <= set(file.namelist())
    assert "http://" not in page.replace("http://localhost", "")  # but for the link in our own mail
    assert "<script" not in page


def test_mails_notes_and_what_happened_stand_in_it(shop, order, file):
    page = file.read("index.html").decode()
    head = ask("orders.one", shop.manager, id=order)
    (mail,) = ask("mail.about", shop.manager, subject_type="order", subject_id=order)
    for words in (head.number, "Call &lt;b&gt;before&lt;/b&gt; delivery", "kanzlei@example.org", mail.subject):
        assert words in page
    assert json.loads(file.read("index.json"))["mails"][0]["text"] == mail.text


def test_no_name_leaves_the_folder(file):
    for name in file.namelist():
        assert ".." not in name
        assert not name.startswith("/")
        assert re.fullmatch(r"(index\.(html|json)|papers/(earlier/)?\d{3}( v\d+)? [^/\\:*?\"<>|]+)", name), name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Rechnung Müller & Söhne.pdf", "Rechnung Müller _ Söhne.pdf"),
        ("../../x", "_._x.pdf"),
        ("con", "_con.pdf"),
        ("a" * 300 + ".pdf", "a" * 80 + ".pdf"),
        ("\u202egnp.exe", "_gnp.exe"),
        ("", "paper.pdf"),
        ("...", "paper.pdf"),
    ],
)
def test_names_are_such_as_every_system_unpacks(given, kept):
    assert file_name(given, "application/pdf") == kept


def test_only_who_sees_the_order_takes_its_file(shop, order, as_):
    assert as_(shop.stranger).get(f"/orders/{order}/file.zip").status_code == 404
    assert as_("manager").get("/orders/999999/file.zip").status_code == 404


def test_the_page_of_the_order_offers_it(order, as_):
    assert f'href="/orders/{order}/file.zip"' in as_("manager").get(f"/orders/{order}").content.decode()
