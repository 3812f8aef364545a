"""From the last paper of an order to evidence that a stranger checks."""

import io
import json
import zipfile
from hashlib import sha256

import pypdfium2
import pytest
from django.db import DatabaseError, connection, transaction
from PIL import Image

from orderway.archive.closing import enter_closed
from orderway.archive.commands.commit import EnterParcel, SetFormat
from orderway.archive.commands.erase import Erase
from orderway.archive.commands.root import TakeRoot
from orderway.archive.pdfa import is_pdfa
from orderway.archive.verifier import verify as verifier
from orderway.documents.commands import AddDocument, IndexDocument, OpenParcel, writable
from orderway.documents.store import store
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run

pytestmark = pytest.mark.usefixtures("db")
MAIL = b"From: Erika Beispiel\n\nPlease send 500 flyers.\n"


def pdf(pages: int = 1) -> bytes:
    """A PDF that is no PDF/A."""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(200, 100)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def filled(shop, *contents, kind="order", supplement_of=None) -> int:
    """A parcel with documents: (content, media type, kind)."""
    (id,) = run("documents.open_parcel", shop.manager, [OpenParcel(kind, supplement_of)]).done
    rows = [
        AddDocument(
            id,
            store().keep(shop.company, content).sha256,
            media,
            f"{what} of Erika",
            what,
            subject_type="order",
            subject_id=7,
        )
        for content, media, what in contents or [(MAIL, "message/rfc822", "mail")]
    ]
    assert run("documents.add", shop.manager, rows).ok
    return id


def commit(shop, *parcels):
    outcome = run("archive.commit", shop.manager, [Ref(id) for id in parcels])
    assert outcome.ok, outcome.refused
    return enter_closed(shop.company)


def evidence(shop, parcel) -> bytes:
    run("archive.root", shop.auditor, [TakeRoot()])
    found = ask("archive.evidence", shop.auditor, parcel=parcel)
    assert found.lacking == ""
    return found.content


def findings(pack: bytes, anchor: str = "") -> list[str]:
    return [each.said("en") for each in verifier.verify(*verifier.read_zip(pack), anchor).findings]


def state(shop, parcel) -> list[str]:
    return [row.state for row in ask("documents.parcels", shop.manager, id=parcel)]


def faults(shop) -> list[tuple[str, str]]:
    return [(fault.where, fault.why) for fault in ask("archive.verify", shop.auditor)]


def codes(outcome) -> list[str]:
    return [refusal.code for refusal in outcome.refused]


def test_a_committed_parcel_proves_itself_to_a_stranger(shop):
    parcel = filled(shop, (MAIL, "message/rfc822", "mail"), (b"Invoice 26-00001", "text/plain", "invoice"))
    run("documents.index", shop.manager, [IndexDocument(parcel, "contact", "Erika Beispiel", "rule", personal=True)])
    commit(shop, parcel)
    assert state(shop, parcel) == ["committed"]
    pack = evidence(shop, parcel)
    assert findings(pack) == []
    members = zipfile.ZipFile(io.BytesIO(pack))
    assert members.testzip() is None
    assert MAIL in [members.read(name) for name in members.namelist() if name.startswith("papers/")]
    assert findings(pack.replace(b"Invoice 26-00001", b"Invoice 26-00007"))
    assert faults(shop) == []


def test_a_second_commit_changes_nothing(shop):
    parcel = filled(shop)
    commit(shop, parcel)
    before = ask("archive.evidence", shop.auditor, parcel=parcel).lacking, evidence(shop, parcel)
    assert list(run("archive.commit", shop.accountant, [Ref(parcel)]).done) == [parcel]
    assert list(run("archive.enter", system_actor(shop.company), [EnterParcel(parcel)]).done) == [parcel]
    enter_closed(shop.company)
    assert list(run("archive.root", shop.auditor, [TakeRoot()]).done) == []
    assert before == ("no-root", evidence(shop, parcel))


def test_a_parcel_without_documents_is_not_committed(shop):
    (empty,) = run("documents.open_parcel", shop.manager, [OpenParcel()]).done
    full = filled(shop)
    outcome = run("archive.commit", shop.manager, [Ref(full), Ref(empty)])
    assert [(r.code, r.subject) for r in outcome.refused] == [("no-documents", empty)]
    assert state(shop, full) == ["open"]
    assert list(run("archive.commit", shop.manager, [Ref(full), Ref(empty)], partial=True).done) == [full]


@pytest.mark.usefixtures("committed")  # the attempt is kept though the command fails
def test_a_committed_parcel_takes_no_document_no_version_and_no_value(shop):
    parcel = filled(shop)
    (document,) = ask("documents.in_parcel", shop.manager, id=parcel)
    commit(shop, parcel)
    digest = store().keep(shop.company, b"later").sha256
    new = AddDocument(parcel, digest, "text/plain", "Later")
    version = AddDocument(parcel, digest, "text/plain", document=document.id)
    assert codes(run("documents.add", shop.manager, [new])) == ["parcel-closed"]
    assert codes(run("documents.add", shop.manager, [version])) == ["sealed"]
    assert codes(run("documents.index", shop.manager, [IndexDocument(parcel, "a", "b")])) == ["parcel-closed"]


def test_what_comes_after_the_commit_goes_into_a_supplement_chained_to_the_first(shop):
    first = filled(shop)
    commit(shop, first)
    ctx = Context(actor=shop.manager, at=clock.now(), command="test")
    supplement = writable(ctx, [first])[first]
    assert supplement != first
    assert writable(ctx, [first])[first] == supplement
    row = AddDocument(
        supplement, store().keep(shop.company, b"Credit note").sha256, "text/plain", "Credit", "credit_note"
    )
    assert run("documents.add", shop.manager, [row]).ok
    commit(shop, supplement)
    assert state(shop, first) == ["committed", "committed"]
    assert {d.parcel_id for d in ask("documents.in_parcel", shop.manager, id=supplement)} == {first, supplement}
    pack = evidence(shop, first)
    assert pack == evidence(shop, supplement)
    assert findings(pack) == []
    assert b"Credit note" in pack
    assert MAIL in pack
    one, two = (json.loads(data) for name, data in verifier.read_zip(pack)[0].items() if name.startswith("manifests/"))
    entry = verifier.read_zip(pack)[0]["chain/00000000.json"]
    assert "supplement_of" not in one
    assert two["supplement_of"] == sha256(b"orderway-entry/1\n" + entry).hexdigest()


def test_a_supplement_waits_for_its_first_parcel(shop):
    first = filled(shop)
    run("archive.commit", shop.manager, [Ref(first)])
    second = filled(shop, supplement_of=first)
    run("archive.commit", shop.manager, [Ref(second)])
    alone = run("archive.enter", system_actor(shop.company), [EnterParcel(second)])
    assert codes(alone) == ["first-parcel-not-archived"]
    assert enter_closed(shop.company).done == [first, second]
    assert findings(evidence(shop, second)) == []


@pytest.mark.parametrize(
    ("chosen", "media", "fit"),
    [
        ("pdfa", "application/pdf", is_pdfa),
        ("tiff", "image/tiff", lambda data: Image.open(io.BytesIO(data)).n_frames == 2),
        ("zip+xml", "application/zip", lambda data: "parcel.xml" in zipfile.ZipFile(io.BytesIO(data)).namelist()),
    ],
)
def test_each_kind_of_parcel_is_archived_in_its_format_beside_the_original(shop, chosen, media, fit):
    run("archive.set_formats", shop.administrator, [SetFormat("drawing", chosen)])
    original = pdf(2)
    parcel = filled(shop, (original, "application/pdf", "drawing"), (MAIL, "message/rfc822", "mail"), kind="drawing")
    commit(shop, parcel)
    pack = evidence(shop, parcel)
    assert findings(pack) == []
    papers = {name: data for name, data in verifier.read_zip(pack)[0].items() if name.startswith("papers/")}
    (form,) = [data for name, data in papers.items() if "archive" in name or "000-parcel" in name]
    assert fit(form)
    assert {original, MAIL} < set(papers.values())
    assert f'"media_type":"{media}"'.encode() in pack


def test_a_paper_that_breaks_its_conversion_stays_in_its_original_form(shop):
    broken = b"%PDF-1.7 that is none"
    parcel = filled(shop, (broken, "application/pdf", "drawing"), (pdf(), "application/pdf", "drawing"))
    commit(shop, parcel)
    papers = [name for name in verifier.read_zip(evidence(shop, parcel))[0] if name.startswith("papers/")]
    assert [name.rpartition("/")[2] for name in papers] == [
        "001-drawing.pdf",
        "002-drawing-archive.pdf",
        "002-drawing.pdf",
    ]


def test_a_format_nobody_knows_is_refused(shop):
    assert codes(run("archive.set_formats", shop.administrator, [SetFormat("order", "stone")])) == ["unknown-format"]


def test_roots_follow_each_other_and_an_early_head_still_holds_years_later(shop):
    parcels = [filled(shop) for _ in range(7)]
    heads = []
    for parcel in parcels:
        commit(shop, parcel)
        heads.append(run("archive.root", shop.auditor, [TakeRoot()]).values["head"])
    assert len(set(heads)) == 7
    pack = evidence(shop, parcels[2])
    assert all(findings(pack, head) == [] for head in heads[2:])
    assert findings(pack, "0" * 64) == ["  roots.json: no root in the pack has the head you gave: " + "0" * 64]
    assert faults(shop) == []


def test_many_parcels_committed_at_once_stand_in_one_chain(shop):
    parcels = [filled(shop) for _ in range(20)]
    assert commit(shop, *parcels).done == parcels
    assert faults(shop) == []
    assert findings(evidence(shop, parcels[13])) == []


def spoil(statement: str, *values) -> None:
    """What somebody with full rights in the database would do: lift the guard, change, put it back."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(statement, values)
        assert cursor.rowcount > 0
        cursor.execute("set local session_replication_role = origin")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "update archive_entry set at = at - interval '1 day' where seq = 1",
            ("chain", "was changed after it was sealed"),
        ),
        (
            "update archive_entry set manifest = replace(manifest, 'order 7', 'order 8') where seq = 1",
            ("manifest", "is not the one that was sealed"),
        ),
        ("update archive_root set at = at - interval '1 day'", ("root", "was changed after it was taken")),
        ("update archive_node set hash = sha256(hash) where level = 1", ("tree", "does not stand over the chain")),
        ("update parcel set state = 'open'", ("parcel", "P")),
        (
            "update document_version set blob_id = (select max(id) from blob)",
            ("paper", "001-mail.eml: the document now names other content"),
        ),
        ("delete from archive_paper where sha256 in (select sha256 from archive_paper limit 1)", None),
    ],
)
def test_whoever_changes_the_archive_in_the_database_is_found_out(shop, statement, fault):
    parcels = [filled(shop, (b"mail %d" % n, "message/rfc822", "mail")) for n in range(3)]
    commit(shop, *parcels)
    evidence(shop, parcels[0])
    assert faults(shop) == []
    spoil(statement)
    if fault:
        assert [f for f in faults(shop) if f[0] == fault[0] and fault[1] in f[1]]
    else:
        assert any(
            "gone" in each or "missing" in each
            for id in parcels
            for each in findings(ask("archive.evidence", shop.auditor, parcel=id).content)
        )


def test_an_entry_taken_out_of_the_middle_is_missed(shop):
    commit(shop, *[filled(shop) for _ in range(3)])
    run("archive.root", shop.auditor, [TakeRoot()])
    for table in ("archive_paper", "archive_opening"):
        spoil(f"delete from {table} where entry_id in (select id from archive_entry where seq = 1)")  # noqa: S608
    spoil("delete from archive_entry where seq = 1")
    assert ("chain", "entry 1 is missing or out of place, number 2 stands there") in faults(shop)


def test_content_that_the_disk_changed_is_named(shop):
    commit(shop, filled(shop, (b"a rare letter", "text/plain", "letter")))
    place = store().place(shop.company, sha256(b"a rare letter").hexdigest())
    place.chmod(0o600)
    place.write_bytes(b"a rare Letter")
    try:
        ((where, why),) = faults(shop)
        assert where == "paper"
        assert why.startswith("001-letter.txt: the content stored as")
    finally:
        place.unlink()


@pytest.mark.parametrize(
    "table", ["archive_entry", "archive_root", "archive_node", "archive_paper", "parcel", "index_value"]
)
def test_the_database_itself_refuses_to_change_the_archive(shop, table):
    parcel = filled(shop)
    run("documents.index", shop.manager, [IndexDocument(parcel, "a", "b")])
    commit(shop, parcel)
    run("archive.root", shop.auditor, [TakeRoot()])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"delete from {table}")  # noqa: S608


def test_a_person_is_erased_the_invoice_stays_and_the_chain_holds(shop, django_commit):
    parcel = filled(shop, (MAIL, "message/rfc822", "mail"), (b"Invoice", "text/plain", "invoice"))
    run("documents.index", shop.manager, [IndexDocument(parcel, "contact", "Erika Beispiel", "rule", personal=True)])
    run("archive.set_formats", shop.administrator, [SetFormat("order", "zip+xml")])
    commit(shop, parcel)
    before = evidence(shop, parcel)
    head = run("archive.root", shop.auditor, [TakeRoot()]) and ask("archive.verify", shop.auditor) == []
    assert head
    mail, invoice = ask("documents.in_parcel", shop.manager, id=parcel)
    (contact,) = ask("documents.index_values", shop.manager, id=parcel)
    (version,) = ask("documents.versions", shop.manager, document=mail.id)
    (invoiced,) = ask("documents.versions", shop.manager, document=invoice.id)
    law = "GDPR Article 17, request of 2 March"
    refused = run("archive.erase", shop.administrator, [Erase("paper", invoiced.id, law)])
    assert [(r.code, r.facts) for r in refused.refused] == [("retained", {"kind": "invoice"})]
    rows = [
        Erase("value", contact.id, law),
        Erase("name", mail.id, law),
        Erase("name", invoice.id, law),
        Erase("paper", version.id, law),
    ]
    with django_commit():
        assert run("archive.erase", shop.administrator, rows).ok
    after = evidence(shop, parcel)
    assert (findings(before), findings(after)) == ([], [])
    assert b"Erika" in before
    assert b"Erika" not in after
    assert b"Invoice" in after
    assert law.encode() in after
    assert store().size(shop.company, sha256(MAIL).hexdigest()) is None
    assert faults(shop) == []
    assert not ask("documents.search", shop.manager, words="Erika").rows
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from archive_opening where value like '%%Erika%%'")
        assert cursor.fetchone() == (0,)


@pytest.fixture
def django_commit():
    """What waits for the commit is done at the end of the block, although the test takes everything back."""
    from contextlib import contextmanager

    @contextmanager
    def block():
        before = len(connection.run_on_commit)
        yield
        for _, work, _ in connection.run_on_commit[before:]:
            work()
        del connection.run_on_commit[before:]

    return block


def test_content_that_another_parcel_still_needs_survives_an_erasure(shop, django_commit):
    one, two = filled(shop), filled(shop)
    commit(shop, one, two)
    (mail,) = ask("documents.in_parcel", shop.manager, id=one)
    (version,) = ask("documents.versions", shop.manager, document=mail.id)
    with django_commit():
        assert run("archive.erase", shop.administrator, [Erase("paper", version.id, "request")]).ok
    assert MAIL not in evidence(shop, one)
    assert MAIL in evidence(shop, two)


def test_roles_and_companies_are_kept_apart(shop):
    parcel = filled(shop)
    assert codes(run("archive.commit", shop.stranger, [Ref(parcel)])) == ["unknown-parcel"]
    assert codes(run("archive.commit", shop.warehouse, [Ref(parcel)])) == ["not-allowed"]
    assert codes(run("archive.enter", shop.manager, [EnterParcel(parcel)])) == ["not-allowed"]
    assert codes(run("archive.erase", shop.manager, [Erase("name", 1, "x")])) == ["not-allowed"]
    commit(shop, parcel)
    run("archive.root", shop.auditor, [TakeRoot()])
    assert ask("archive.evidence", shop.stranger, parcel=parcel).lacking == "not-archived"
    (mail,) = ask("documents.in_parcel", shop.manager, id=parcel)
    (version,) = ask("documents.versions", shop.manager, document=mail.id)
    other = system_actor(shop.stranger.company_id)
    assert codes(run("archive.erase", other, [Erase("paper", version.id, "x")])) == ["unknown-document"]
    assert list(run("archive.erase", other, [Erase("name", mail.id, "x")]).done) == []
