"""What comes in is seen beside what was read of it, settled once, and becomes an order."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orderway.capture import jobs
from orderway.kernel import reacting
from orderway.kernel.access import ROLES
from orderway.kernel.running import ask

CSV = (
    b"Order number;Customer;Item number;Description;Quantity;Unit price\n"
    b"B-7;Kanzlei Bergmann Roth;PAP-A4-80;Copy paper;40;4.90\n"
    b"B-7;Kanzlei Bergmann Roth;KV-9;Envelopes;3;31.50\n"
)
BROKEN = (
    b"UNB+UNOA:1+A+B+260102:0815+7'UNH+1+ORDERS:D:96A:UN'BGM+220+4711+9'LIN+1++40:EN'QTY+21:15OO'UNS+S'UNT+6+1'UNZ+1+7'"
)


def text(answer):
    return answer.content.decode()


def take_in(browser, *files):
    """Files as the form sends them; then the reading job, which the worker runs."""
    given = [SimpleUploadedFile(name, content) for name, content in files]
    answer = browser.post("/inbox/upload", {"files": given})
    reacting.drain()
    return answer


def read_now(shop):
    """Read what waits, as the reading job does, and let everything react."""
    from orderway.kernel.sql import fetch

    waiting = [row.id for row in fetch("select id from intake where state = 'received' order by id", {})]
    jobs.read_inputs(shop.company, waiting)
    reacting.drain()


@pytest.fixture
def intake(shop, as_):
    """An order of two lines whose second item nobody knows."""
    take_in(as_("manager"), ("order.csv", CSV))
    read_now(shop)
    (row,) = ask("capture.inbox", shop.manager).rows
    return row


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_the_inbox_and_only_the_desk_fills_it(role, shop, as_, intake):
    browser = as_(role)
    pages = ("/inbox", "/inbox?state=order", "/inbox?state=x&q=order&after=z", f"/inbox/{intake.id}")
    for page in pages:
        assert browser.get(page).status_code == 200, page
    desk = role in ("manager", "purchasing", "administrator")
    assert browser.get("/inbox/upload").status_code == (200 if desk else 403)
    assert browser.post(f"/inbox/{intake.id}/dismiss", {"kind": "other"}).status_code == (302 if desk else 403)


def test_another_company_has_no_such_input(shop, as_, intake):
    stranger = as_(shop.stranger)
    assert stranger.get(f"/inbox/{intake.id}").status_code == 404
    for verb in ("settle", "order", "dismiss", "reject", "reread"):
        assert stranger.post(f"/inbox/{intake.id}/{verb}", {"kind": "other", "reason": "x"}).status_code == 404, verb
    assert "order.csv" not in text(stranger.get("/inbox"))


def test_what_was_taken_in_is_stored_once(shop, as_):
    browser = as_("manager")
    assert take_in(browser, ("a.csv", CSV), ("b.txt", b"hello")).status_code == 302
    assert ask("capture.inbox", shop.manager).count == 2
    again = browser.post("/inbox/upload", {"files": [SimpleUploadedFile("a.csv", CSV)]}, follow=True)
    assert "was here before" in text(again)
    assert ask("capture.inbox", shop.manager).count == 2
    assert "Choose at least one file" in text(browser.post("/inbox/upload", {}))


def test_the_raw_input_stands_beside_what_was_read(shop, as_, intake):
    page = text(as_("manager").get(f"/inbox/{intake.id}"))
    assert f"/documents/{intake.document_id}/file" in page
    assert "Raw input" in page
    assert "KV-9 Envelopes" in page
    assert page.index("KV-9 Envelopes") < page.index("PAP-A4-80 Copy paper"), "the doubtful line comes first"
    assert 'name="item-2"' in page
    assert 'name="item-1"' not in page, "what is known is not asked"


def test_settling_the_item_makes_the_order_and_is_remembered(shop, as_, intake):
    browser = as_("manager")
    wrong = browser.post(f"/inbox/{intake.id}/settle", {"item-2": "NO-SUCH"})
    assert wrong.status_code == 422
    assert "There is no NO-SUCH" in text(wrong)
    early = browser.post(f"/inbox/{intake.id}/order")
    assert early.status_code == 422
    browser.post(f"/inbox/{intake.id}/settle", {"item-2": "env-dl"})
    reacting.drain()
    row = ask("capture.one", shop.manager, id=intake.id)
    if row.order_id is None:
        assert browser.post(f"/inbox/{intake.id}/order").status_code == 302
        row = ask("capture.one", shop.manager, id=intake.id)
    lines = ask("orders.lines", shop.manager, id=row.order_id)
    assert [(line.item_number, line.quantity) for line in lines] == [("PAP-A4-80", 40), ("ENV-DL", 3)]
    assert "order.csv" in text(browser.get(f"/orders/{row.order_id}?tab=parcel")), "the original lies beside its papers"
    take_in(browser, ("next.csv", CSV.replace(b"B-7", b"B-8")))
    read_now(shop)
    assert ask("capture.inbox", shop.manager).count == 0, "the second time nothing is doubtful"


def test_a_proposal_is_one_click(shop, as_, intake):
    item = shop.items["ENV-DL"]
    as_("manager").post(f"/inbox/{intake.id}/settle", {"item-2": ["", f"id:{item}"]})
    assert ask("capture.one", shop.manager, id=intake.id).items[1] == item


def test_what_is_no_order_is_set_aside_with_its_kind(shop, as_, intake):
    as_("manager").post(f"/inbox/{intake.id}/dismiss", {"kind": "question"})
    assert ask("capture.one", shop.manager, id=intake.id).dismissed_as == "question"
    assert "Question" in text(as_("manager").get("/inbox?state=not_an_order"))
    assert as_("manager").post(f"/inbox/{intake.id}/burn").status_code in (403, 404)


def test_a_question_offers_no_order_to_make(shop, as_):
    letter = (
        b"From: A <a@b.example>\r\nSubject: Opening hours\r\nMessage-ID: <9@b.example>\r\n\r\nOpen on Saturday?\r\n"
    )
    take_in(as_("manager"), ("question.eml", letter))
    read_now(shop)
    page = text(as_("manager").get("/inbox"))
    assert "No order was read" in page
    assert "No attachment can be read as an order: a person reads the message" in page
    assert "Make the order" not in page
    german = text(as_("manager", "de").get("/inbox"))
    assert "Kein Anhang lässt sich als Auftrag lesen: ein Mensch liest die Nachricht" in german


def test_a_broken_order_is_told_in_the_language_of_who_looks(shop, as_):
    take_in(as_("manager"), ("order.edi", BROKEN))
    read_now(shop)
    (row,) = ask("capture.inbox", shop.manager, state="rejected").rows
    page = f"/inbox/{row.id}?state=rejected"
    assert "Segment 5 (QTY): &#x27;15OO&#x27; ist keine Zahl" in text(as_("manager", "de").get(page))
    assert "Segment 5 (QTY): &#x27;15OO&#x27; is not a number" in text(as_("manager").get(page))
