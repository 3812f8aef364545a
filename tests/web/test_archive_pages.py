"""Papers are found, looked at without danger, and proven."""

import zipfile
from io import BytesIO

import pytest
import shop_floor as floor
from PIL import Image

from orderway.documents.commands import AddDocument, OpenParcel
from orderway.documents.store import store
from orderway.kernel.access import ROLES
from orderway.kernel.running import ask
from orderway.web.pictures import picture

HTML = b"<html><script>alert(1)</script></html>"


def file(shop, name, content, media_type):
    """A document in a parcel of its own."""
    (parcel,) = floor.ok("documents.open_parcel", shop.manager, OpenParcel("order")).done
    kept = store().keep(shop.company, content)
    row = AddDocument(parcel, kept.sha256, media_type, name, "other")
    return int(floor.ok("documents.add", shop.manager, row).done[0])


def tiff(pages=2):
    sheets = [Image.new("1", (204, 98), color=n % 2) for n in range(pages)]
    out = BytesIO()
    sheets[0].save(out, "TIFF", save_all=True, append_images=sheets[1:], compression="group4", dpi=(204, 98))
    return out.getvalue()


@pytest.mark.parametrize("role", ROLES)
def test_every_role_searches_and_looks(role, shop, as_):
    id = file(shop, "Wintergarten offer.txt", b"forty glass panes", "text/plain")
    browser = as_(role)
    assert "Wintergarten" in browser.get("/archive?q=Wintergarten&which=active").content.decode()
    for page in ("/archive", f"/archive?open={id}&sort=-name&after=x", f"/documents/{id}", f"/documents/{id}/file"):
        assert browser.get(page).status_code == 200, page


def test_another_company_has_no_such_paper(shop, as_):
    id = file(shop, "secret.txt", b"x", "text/plain")
    stranger = as_(shop.stranger)
    for page in (f"/documents/{id}", f"/documents/{id}/file", f"/documents/{id}/file?page=1"):
        assert stranger.get(page).status_code == 404
    parcel = ask("documents.versions", shop.manager, document=id)[0].parcel_id
    assert stranger.get(f"/archive/parcels/{parcel}/evidence").status_code == 404
    assert "secret.txt" not in stranger.get("/archive?q=secret").content.decode()


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/x-unknown", "application/xhtml+xml"])
def test_what_may_act_is_only_handed_out_as_a_file(media_type, shop, as_):
    answer = as_("manager").get(f"/documents/{file(shop, 'a.html', HTML, media_type)}/file")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content == HTML, "the bytes are those that were stored"


def test_a_text_that_is_a_page_in_disguise_stays_a_text_in_a_sandbox(shop, as_):
    answer = as_("manager").get(f"/documents/{file(shop, 'a.txt', HTML, 'text/plain')}/file")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_only_files_may_be_framed_and_only_by_our_own_pages(shop, as_):
    browser = as_("manager")
    answer = browser.get(f"/documents/{file(shop, 'a.pdf', b'%PDF-1.7', 'application/pdf')}/file")
    assert (answer["Content-Type"], answer["X-Frame-Options"]) == ("application/pdf", "SAMEORIGIN")
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert browser.get("/archive")["X-Frame-Options"] == "DENY"


def test_a_name_cannot_break_out_of_its_header(shop, as_):
    name = 'a"\r\nX-Evil: 1.pdf'
    answer = as_("manager").get(f"/documents/{file(shop, name, b'x', 'application/pdf')}/file?download=1")
    assert "X-Evil" not in answer
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_fax_is_drawn_page_by_page_with_its_true_shape(shop, as_):
    id = file(shop, "fax.tif", tiff(), "image/tiff")
    browser = as_("manager")
    first, second = (browser.get(f"/documents/{id}/file?page={n}") for n in (1, 2))
    shape = Image.open(BytesIO(first.content)).size
    assert first["Content-Type"] == "image/png"
    # 204 x 98 dots at 204 x 98 dots an inch are a square inch
    assert shape[0] == shape[1]
    assert first.content != second.content
    assert browser.get(f"/documents/{id}/file?page=3").status_code == 404


def test_a_picture_made_to_fill_the_memory_ends_its_own_process_only():
    huge = Image.new("1", (60_000, 60_000))
    out = BytesIO()
    huge.save(out, "TIFF", compression="group4")
    assert picture(out.getvalue()) is None
    assert picture(b"II*\x00 no picture at all") is None
    assert picture(tiff(1)) is not None


def test_versions_stand_with_who_and_when(shop, as_):
    id = file(shop, "offer.txt", b"one", "text/plain")
    parcel = ask("documents.versions", shop.manager, document=id)[0].parcel_id
    kept = store().keep(shop.company, b"two")
    floor.ok("documents.add", shop.manager, AddDocument(parcel, kept.sha256, "text/plain", document=id))
    browser = as_("auditor")
    page = browser.get(f"/documents/{id}").content.decode()
    assert "Version 2" in page
    assert shop.manager.name in page
    assert browser.get(f"/documents/{id}/file?version=1").content == b"one"
    assert browser.get(f"/documents/{id}/file").content == b"two"
    assert browser.get(f"/documents/{id}/file?version=9").status_code == 404


def test_evidence_is_for_those_who_prove_and_says_what_is_lacking(shop, as_):
    id = file(shop, "offer.txt", b"one", "text/plain")
    parcel = ask("documents.versions", shop.manager, document=id)[0].parcel_id
    answer = as_("auditor").get(f"/archive/parcels/{parcel}/evidence", follow=True)
    assert "not in the archive yet" in answer.content.decode()
    assert as_("warehouse").get(f"/archive/parcels/{parcel}/evidence").status_code == 403


def test_an_archived_parcel_gives_its_pack(shop, as_):
    from orderway.archive.commands.commit import EnterParcel
    from orderway.archive.commands.root import TakeRoot
    from orderway.kernel.access import system_actor
    from orderway.kernel.registry import Ref

    id = file(shop, "offer.txt", b"one", "text/plain")
    parcel = ask("documents.versions", shop.manager, document=id)[0].parcel_id
    boss = system_actor(shop.company)
    floor.ok("archive.commit", shop.accountant, Ref(parcel))
    if ask("documents.parcels", boss, id=parcel)[0].state != "committed":
        floor.ok("archive.enter", boss, EnterParcel(parcel, "original"))
    waiting = as_("auditor").get(f"/archive/parcels/{parcel}/evidence")
    if waiting.status_code == 302:
        floor.ok("archive.root", boss, TakeRoot())
        waiting = as_("auditor").get(f"/archive/parcels/{parcel}/evidence")
    pack = zipfile.ZipFile(BytesIO(waiting.content))
    assert {"SEAL", "README.txt"} <= set(pack.namelist())
    assert b"one" in [pack.read(name) for name in pack.namelist()], "the paper itself is in it, byte for byte"
