"""A parcel fills with documents, is indexed, found, and what is sealed in it stays as it is."""

import pytest
from django.db import DatabaseError, connection, transaction

from orderway.documents.attempts import apart
from orderway.documents.commands import AddDocument, IndexDocument, LinkDocument, NoteWords, OpenParcel, writable
from orderway.documents.rules import search_query
from orderway.documents.store import store
from orderway.documents.text import words_of
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run

pytestmark = pytest.mark.usefixtures("db")


def parcel(shop, **more) -> int:
    (id,) = run("documents.open_parcel", shop.manager, [OpenParcel(**more)]).done
    return id


def paper(shop, parcel, content=b"Please send 500 flyers.", **more) -> AddDocument:
    kept = store().keep(shop.company, content)
    given = {"media_type": "text/plain", "name": "Order mail", "kind": "mail", **more}
    return AddDocument(parcel, kept.sha256, **given)


def added(shop, *rows, actor=None) -> list[int]:
    outcome = run("documents.add", actor or shop.manager, list(rows))
    assert outcome.ok, outcome.refused
    return list(outcome.done)


def codes(outcome) -> list[str]:
    return [refusal.code for refusal in outcome.refused]


def attempts(document: int) -> list[tuple[int, str, str]]:
    """Events that say somebody tried to change a sealed document, as anybody after the fact would read them."""
    with apart(), connection.cursor() as cursor:
        cursor.execute(
            "select actor_id, data->>'attempted', data->>'refused' from event"
            " where name = 'document.change-refused' and subject_id = %s::bigint",
            [document],
        )
        return cursor.fetchall()


def test_a_document_comes_back_as_it_was_put_in_with_who_and_when(shop):
    number = parcel(shop)
    (id,) = added(shop, paper(shop, number, subject_type="order", subject_id=77))
    (row,) = ask("documents.in_parcel", shop.manager, id=number)
    assert (row.id, row.name, row.version, row.by_id, row.size) == (id, "Order mail", 1, shop.manager.id, 23)
    assert ask("documents.content", shop.manager, document=id).content == b"Please send 500 flyers."
    assert [row.id for row in ask("documents.of_subject", shop.manager, subject_type="order", subject_id=77)] == [id]


def test_a_new_version_stands_beside_the_old_one(shop):
    number = parcel(shop)
    (id,) = added(shop, paper(shop, number))
    added(shop, paper(shop, number, b"Please send 600 flyers.", document=id), actor=shop.quality)
    new, old = ask("documents.versions", shop.manager, document=id)
    assert (new.number, new.by_id, old.number, old.by_id) == (2, shop.quality.id, 1, shop.manager.id)
    assert ask("documents.content", shop.manager, document=id).content.endswith(b"600 flyers.")
    assert ask("documents.content", shop.manager, document=id, number=1).content.endswith(b"500 flyers.")


@pytest.mark.usefixtures("committed")  # the attempt is kept though the command fails
def test_a_sealed_document_cannot_be_changed_and_the_attempt_is_on_record(shop):
    number = parcel(shop)
    (invoice,) = added(shop, paper(shop, number, b"Invoice 1", kind="invoice", seal=True))
    outcome = run("documents.add", shop.accountant, [paper(shop, number, b"Invoice 2", document=invoice)])
    assert codes(outcome) == ["sealed"]
    assert ask("documents.content", shop.manager, document=invoice).content == b"Invoice 1"
    assert attempts(invoice) == [(shop.accountant.id, "documents.add", "sealed")]


def test_trying_it_dry_leaves_no_trace_of_an_attempt(shop):
    number = parcel(shop)
    (invoice,) = added(shop, paper(shop, number, b"Invoice 1", seal=True))
    run("documents.add", shop.accountant, [paper(shop, number, b"Invoice 2", document=invoice)], dry=True)
    assert attempts(invoice) == []


def test_sealing_twice_is_sealing_once(shop):
    number = parcel(shop)
    (id,) = added(shop, paper(shop, number))
    assert list(run("documents.seal", shop.manager, [Ref(id)]).done) == [id]
    (first,) = ask("documents.versions", shop.manager, document=id)
    assert list(run("documents.seal", shop.accountant, [Ref(id)]).done) == [id]
    assert ask("documents.versions", shop.manager, document=id) == [first]
    assert first.sealed_by_name == shop.manager.name


@pytest.mark.parametrize(
    "change",
    [
        "update document_version set media_type = 'x' where document_id = %s::bigint",
        "delete from document_version where document_id = %s::bigint",
        "update document set name = 'x' where id = %s::bigint",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_sealed(shop, change):
    (id,) = added(shop, paper(shop, parcel(shop), seal=True))
    with pytest.raises(DatabaseError, match="is sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change, [id])


def test_what_cannot_be_added_is_refused_with_the_reason(shop):
    number = parcel(shop)
    (id,) = added(shop, paper(shop, number))
    other = parcel(shop)
    rows = [
        paper(shop, 999_999),
        AddDocument(number, "0" * 64, "text/plain", "Nothing"),
        AddDocument(number, "no hash", "text/plain", "Nothing"),
        paper(shop, other, document=id),
        paper(shop, number, name=" "),
        paper(shop, number, b"a", document=id),
        paper(shop, number, b"b", document=id),
    ]
    outcome = run("documents.add", shop.manager, rows, partial=True)
    assert [(r.code, r.subject) for r in outcome.refused] == [
        ("unknown-parcel", 0),
        ("unknown-content", 1),
        ("unknown-content", 2),
        ("unknown-document", 3),
        ("name-missing", 4),
        ("twice", 6),
    ]
    assert list(outcome.done) == [id]


def test_index_values_are_replaced_by_name_and_say_where_they_come_from(shop):
    number = parcel(shop)
    (id,) = added(shop, paper(shop, number))
    rows = [
        IndexDocument(number, "customer", "10001", "rule"),
        IndexDocument(number, "total", "118.00", "ocr", document=id, page=1, box="10 20 30 40"),
    ]
    assert run("documents.index", shop.manager, rows).ok
    assert run("documents.index", shop.manager, [IndexDocument(number, "customer", "10002")]).ok
    values = {
        v.name: (v.value, v.source, v.document_id, v.page)
        for v in ask("documents.index_values", shop.manager, id=number)
    }
    assert values == {"customer": ("10002", "manual", None, None), "total": ("118.00", "ocr", id, 1)}
    refused = run(
        "documents.index", shop.manager, [IndexDocument(number, "a", "b", "guess"), IndexDocument(number, "", "b")]
    )
    assert codes(refused) == ["unknown-source", "name-missing"]


def test_a_value_that_names_a_person_does_not_stand_in_the_event(shop):
    number = parcel(shop)
    run("documents.index", shop.manager, [IndexDocument(number, "contact", "Erika Beispiel", personal=True)])
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from event where data::text like '%%Erika%%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "typed", ["flyers", "FLY", "send flyers", "mail P", "bergmann", "bergman roht", "26-00042", "Order-mail"]
)
def test_a_document_is_found_by_its_words_name_and_index_values_even_with_a_slip(shop, typed):
    number = parcel(shop)
    (id,) = added(shop, paper(shop, number))
    run(
        "documents.index",
        shop.manager,
        [
            IndexDocument(number, "customer", "Kanzlei Bergmann Roth"),
            IndexDocument(number, "order", "26-00042"),
        ],
    )
    run(
        "documents.note_words",
        system_actor(shop.company),
        [NoteWords(id, words_of(b"Please send 500 flyers.", "text/plain"))],
    )
    assert [row.id for row in ask("documents.search", shop.manager, words=typed).rows] == [id]


@pytest.mark.parametrize("typed", ["brochure", "flyers brochure", "'; drop table document; --", "100%", "& | !"])
def test_what_is_not_there_is_not_found(shop, typed):
    (id,) = added(shop, paper(shop, parcel(shop)))
    run("documents.note_words", system_actor(shop.company), [NoteWords(id, "Please send 500 flyers.")])
    found = ask("documents.search", shop.manager, words=typed, kind="mail").rows
    assert [row.id for row in found] == ([id] if not search_query(typed) else [])


def test_the_search_shows_the_place_and_narrows_by_kind_and_state(shop):
    number = parcel(shop)
    mail, _ = added(shop, paper(shop, number), paper(shop, number, b"Invoice", kind="invoice", name="Invoice flyers"))
    run(
        "documents.note_words",
        system_actor(shop.company),
        [NoteWords(mail, "Dear all, please send 500 flyers by Monday.")],
    )
    (row,) = ask("documents.search", shop.manager, words="flyers", kind="mail").rows
    assert "500 flyers" in row.excerpt
    assert len(ask("documents.search", shop.manager, words="flyers", which="active").rows) == 2
    assert not ask("documents.search", shop.manager, words="flyers", which="archived").rows


def test_a_stranger_sees_finds_and_changes_nothing(shop):
    number = parcel(shop)
    row = paper(shop, number)
    (id,) = added(shop, row)
    assert ask("documents.in_parcel", shop.stranger, id=number) == []
    assert ask("documents.parcels", shop.stranger, id=number) == []
    assert ask("documents.content", shop.stranger, document=id) is None
    assert not ask("documents.search", shop.stranger, words="mail").rows
    assert codes(run("documents.add", shop.stranger, [row])) == ["unknown-parcel"]
    own = run("documents.open_parcel", shop.stranger, [OpenParcel()]).done[0]
    stolen = AddDocument(own, row.sha256, "text/plain", "Stolen")
    assert codes(run("documents.add", shop.stranger, [stolen])) == ["unknown-content"]
    assert codes(run("documents.seal", shop.stranger, [Ref(id)])) == ["unknown-document"]
    assert codes(run("documents.link", shop.stranger, [LinkDocument(id, "order", 1)])) == ["unknown-document"]


def test_an_auditor_reads_but_does_not_write(shop):
    number = parcel(shop)
    added(shop, paper(shop, number))
    assert len(ask("documents.in_parcel", shop.auditor, id=number)) == 1
    assert codes(run("documents.open_parcel", shop.auditor, [OpenParcel()])) == ["not-allowed"]
    assert codes(run("documents.note_words", shop.manager, [NoteWords(1, "x")])) == ["not-allowed"]


def test_one_mail_s_attachment_belongs_to_two_orders(shop):
    (id,) = added(shop, paper(shop, parcel(shop), subject_type="order", subject_id=1))
    run("documents.link", shop.manager, [LinkDocument(id, "order", 2), LinkDocument(id, "order", 2)])
    for order in (1, 2):
        assert [r.id for r in ask("documents.of_subject", shop.manager, subject_type="order", subject_id=order)] == [id]


def test_an_open_parcel_takes_documents_itself_and_has_no_supplement(shop):
    number = parcel(shop)
    ctx = Context(actor=shop.manager, at=clock.now(), command="test")
    assert writable(ctx, [number]) == {number: number}
    assert codes(run("documents.open_parcel", shop.manager, [OpenParcel(supplement_of=number)])) == [
        "parcel-still-open"
    ]


def test_words_are_read_from_a_pdf_s_text_layer(cases):
    pdf = next(each for each in sorted(cases.rglob("*.pdf")) if "EN16931_Einfach" in each.name)
    assert "Rechnung" in words_of(pdf.read_bytes(), "application/pdf")
    assert words_of(b"\x00\x01", "image/png") == ""
