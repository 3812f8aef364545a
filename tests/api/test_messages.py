"""A shop system hands in a message or a file by the API: stored as it is, read like an upload, never taken twice."""

import pytest
from calling import Program, codes, token_for
from django.core.files.uploadedfile import SimpleUploadedFile

from orderway.api import messages
from orderway.capture import jobs
from orderway.documents.store import store
from orderway.kernel.running import ask

pytestmark = pytest.mark.usefixtures("db")
LETTER = (
    b"From: Buyer <b@buyer.example>\r\nTo: orders@kessler.example\r\nSubject: Order 17\r\nMessage-ID: <17@buyer.example>\r\n"
    b"\r\nTen reams, please.\r\n"
)
EDI = b"UNB+UNOC:3+1:14+2:14+260302:0815+1'UNZ+0+1'"


def send(program, body, kind="message/rfc822", query="", key=None, **headers):
    sent = {"Authorization": f"Bearer {program.token}", **headers} | ({"Idempotency-Key": key} if key else {})
    return program.client.generic("POST", f"/api/messages{query}", body, kind, headers=sent)


def taken(shop):
    return list(ask("capture.inbox", shop.manager).rows)


def test_a_mail_is_taken_in_as_it_is_and_once(shop, program):
    answer = send(program, LETTER)
    assert answer.status_code == 201, answer.content
    (id,) = answer.json()["done"]
    assert answer.json()["values"]["new"] == [id]
    (entry,) = taken(shop)
    assert (entry.channel, entry.sender, entry.subject) == ("api", "b@buyer.example", "Order 17")
    message = ask("mail.one", shop.manager, id=id)
    (original,) = ask("documents.of_subject", shop.manager, subject_type="message", subject_id=id)
    assert ask("documents.content", shop.manager, document=original.id).content == LETTER
    assert message.external_id == "17@buyer.example"
    again = send(program, LETTER)
    assert (again.status_code, again.json()["done"], again.json()["values"]["new"]) == (200, [id], [])
    other_way = send(program, LETTER.replace(b"Ten reams", b"Eleven reams"))
    assert other_way.json()["done"] == [id], "the same Message-ID is the same message"
    assert len(taken(shop)) == 1


@pytest.mark.parametrize(
    ("headers", "query", "name"),
    [
        ({"Content-Disposition": 'attachment; filename="order 4711.edi"'}, "", "order 4711.edi"),
        ({"Content-Disposition": "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe.edi"}, "", "Größe.edi"),
        ({}, "?name=x.edi", "x.edi"),
        ({"Content-Disposition": 'attachment; filename="../../etc/passwd"'}, "", "passwd"),
        ({}, "", "input.bin"),
    ],
)
def test_a_file_has_the_name_its_sender_gives_it(shop, program, headers, query, name):
    assert send(program, EDI, "application/octet-stream", query, **headers).status_code == 201
    assert [row.name for row in taken(shop)] == [name]


def test_several_files_come_as_one_set(shop, program):
    files = [SimpleUploadedFile(f"{n}.edi", EDI.replace(b"+1'", b"+%d'" % n)) for n in (7, 8)]
    headers = {"Authorization": f"Bearer {program.token}"}
    answer = program.client.post("/api/messages", {"file": files}, headers=headers)
    assert answer.status_code == 201, answer.content
    assert len(answer.json()["values"]["new"]) == 2
    assert {row.name for row in taken(shop)} == {"7.edi", "8.edi"}


def test_the_same_key_answers_as_before_and_for_other_bytes_is_refused(shop, program):
    first, second = send(program, LETTER, key="k-1"), send(program, LETTER, key="k-1")
    assert first.json() == second.json()
    assert send(program, EDI, "application/edifact", key="k-1").status_code == 409
    assert len(taken(shop)) == 1


def test_a_token_without_the_scope_hands_in_nothing(shop):
    reader = Program(token_for(shop.manager, "orders.list"))
    assert send(reader, LETTER).status_code == 403
    assert send(Program("no-token"), LETTER).status_code == 401
    assert send(Program(token_for(shop.warehouse)), LETTER).status_code == 403
    assert taken(shop) == []


def test_nothing_and_too_much_are_refused(shop, program, monkeypatch):
    assert codes(send(program, b"")) == [("no-files", None)]
    assert codes(program.client.post("/api/messages", {}, headers={"Authorization": f"Bearer {program.token}"})) == [
        ("no-files", None)
    ]
    monkeypatch.setattr(messages, "LARGEST", 10)
    assert send(program, LETTER).status_code == 413
    assert taken(shop) == []


def test_what_was_acknowledged_lies_in_the_store(shop, program):
    send(program, EDI, "application/edifact")
    (entry,) = taken(shop)
    versions = ask("documents.versions", shop.manager, document=entry.document_id)
    assert store().read(shop.company, versions[0].sha256) == EDI


def test_why_a_message_was_not_read_is_told_in_the_language_that_is_asked_for(shop, program):
    send(program, EDI.replace(b"UNZ+0+1", b"UNH+1+ORDERS'UNT+2+1'UNZ+1+1"), "application/edifact", "?name=o.edi")
    jobs.read_inputs(shop.company, [row.id for row in taken(shop)])
    program.token = token_for(shop.manager, "capture.inbox")
    asked = {"Authorization": f"Bearer {program.token}", "Accept-Language": "de"}
    (row,) = program.client.get("/api/queries/capture.inbox", headers=asked).json()["rows"]
    assert row["reason"] == "Segment 2 (UNH): der Kopf des Auftrags fehlt"
    assert row["reasons"] == [{"code": "missing", "place": {"segment": 2, "tag": "UNH"}, "facts": {"what": "head"}}]
