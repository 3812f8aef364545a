"""Orders that come by mail: every message gives something, its attachments are taken apart and read."""

import email
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.capture.readers import door, mail

TABLE = b"Bestellnummer;Artikelnummer;Menge\r\nB-1;4711;3\r\n"


def letter(subject: str = "Bestellung", text: str = "Guten Tag,\nanbei die Bestellung.") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Jürgen Müller <einkauf@kunde.example>"
    message["To"] = "auftrag@haus.example, Lager <lager@haus.example>"
    message["Subject"] = subject
    message["Date"] = "Fri, 31 May 2024 23:30:00 +0200"
    message["Message-ID"] = "<abc.1@kunde.example>"
    message.set_content(text)
    return message


def test_a_message_says_who_wrote_when_about_what() -> None:
    found = mail.read(letter("Bestellung Büttenpapier 4711").as_bytes())
    assert found.message_id == "abc.1@kunde.example"
    assert (found.sender, found.sender_name) == ("einkauf@kunde.example", "Jürgen Müller")
    assert found.to == ("auftrag@haus.example", "lager@haus.example")
    assert found.subject == "Bestellung Büttenpapier 4711"
    assert found.sent_at == datetime(2024, 5, 31, 21, 30, tzinfo=UTC)
    assert found.text.startswith("Guten Tag,\nanbei")
    assert found.attachments == ()


def test_attachments_come_out_byte_for_byte() -> None:
    message = letter()
    message.add_attachment(TABLE, maintype="text", subtype="csv", filename="../Größe & Menge.csv")
    message.add_attachment(b"\x00\x01", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    table, package = mail.read(message.as_bytes()).attachments
    assert (table.name, table.media_type, table.data) == ("Größe & Menge.csv", "text/csv", TABLE)
    assert (package.name, package.media_type, package.data) == ("winmail.dat", "application/ms-tnef", b"\x00\x01")


def test_an_order_in_a_forwarded_message_is_found() -> None:
    inner, outer = letter(), letter("WG: Bestellung")
    inner.add_attachment(TABLE, maintype="text", subtype="csv", filename="b.csv")
    outer.add_attachment(inner)
    (forwarded,) = mail.read(outer.as_bytes()).attachments
    assert (forwarded.name, forwarded.media_type) == ("Bestellung.eml", "message/rfc822")
    found = door.read("mail.eml", outer.as_bytes())
    assert (found.status, found.kind) == ("order", "csv")
    assert [draft.number for draft in found.drafts] == ["B-1"]


def test_two_orders_in_one_message_are_two_drafts() -> None:
    message = letter()
    message.add_attachment(TABLE, maintype="text", subtype="csv", filename="a.csv")
    message.add_attachment(TABLE.replace(b"B-1", b"B-2"), maintype="text", subtype="csv", filename="b.csv")
    assert [draft.number for draft in door.read("mail.eml", message.as_bytes()).drafts] == ["B-1", "B-2"]


def test_a_refused_attachment_beside_an_order_calls_a_person() -> None:
    message = letter()
    message.add_attachment(TABLE, maintype="text", subtype="csv", filename="a.csv")
    message.add_attachment(TABLE.replace(b";3", b";x"), maintype="text", subtype="csv", filename="b.csv")
    found = door.read("mail.eml", message.as_bytes())
    assert found.status == "review"
    assert found.reason == "b.csv, row 2, column Menge: 'x' is not a number"
    assert [draft.number for draft in found.drafts] == ["B-1"]


def test_the_words_of_a_web_page_mail_are_read_without_tags() -> None:
    message = letter()
    message.set_content("<style>p{}</style><p>Bitte <b>20</b> Bogen</p><p>Gru&szlig;</p>", subtype="html")
    assert mail.read(message.as_bytes()).text == "Bitte 20 Bogen\nGruß"


@pytest.mark.parametrize("charset", ["no-such-charset", "utf-8"])
def test_a_wrong_character_set_still_gives_the_words(charset: str) -> None:
    raw = f"From: a@b.example\nSubject: x\nContent-Type: text/plain; charset={charset}\n\nGr".encode() + b"\xfc\xdfe"
    assert mail.read(raw).text == "Grüße"


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?utf-8?B?A?= x\n\ntext",
        b'Content-Type: text/html; charset="utf\x00-8"\n\n<p>text \xff</p>',
        b"From: =?utf-8?B?A?= <a@b.example>\n\ntext",
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\ntext",
    ],
)
def test_broken_encodings_leave_the_text(raw: bytes) -> None:
    assert mail.read(raw).text


def test_every_case_mail_is_read(cases: Path) -> None:
    """The oracle is what any mail has: the sender's address stands in the raw bytes, the named files in what the library lists."""
    read = 0
    for path in sorted((cases / "g_mail").rglob("*.eml")):
        data = path.read_bytes()
        found = mail.read(data)
        plain = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1").replace("\x00", "")
        assert found.sender in re.sub(r"\(.*?\)", "", plain), path  # RFC 5322 allows comments within an address
        assert all(attached.name and "/" not in attached.name for attached in found.attachments), path
        assert found.sent_at is None or found.sent_at.utcoffset() == UTC.utcoffset(None), path
        assert door.read(path.name, data).status in ("order", "review", "rejected"), path
        read += 1
    assert read > 90


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("mikel-mail/attachment_emails/attachment_message_rfc822_inline_image.eml", ["img.png", "Testmail.eml"]),
        ("mikel-mail/attachment_emails/attachment_with_quoted_filename.eml", ["Eelanalüüsi päring.jpg"]),
        ("mikel-mail/multi_charset/japanese_attachment.eml", ["てすと.txt"]),
        ("mikel-mail/multi_charset/japanese_attachment_long_name.eml", ["かきくけこ" * 5 + ".txt"]),
        ("mikel-mail/attachment_emails/attachment_with_base64_encoded_name.eml", ["This is a test.pdf"]),
        ("unstructured/email-equals-attachment-filename.eml", ["odd=file=name.txt"]),
        ("unstructured/mime-multipart-digest.eml", ["First Message.eml", "Second Message.eml", "Third Message.eml"]),
        ("unstructured/fake-email-attachment.eml", ["fake-attachment.txt"]),
        ("unstructured/mime-different-plain-html.eml", []),
    ],
)
def test_the_files_of_a_case_mail(cases: Path, path: str, names: list[str]) -> None:
    assert [attached.name for attached in mail.read((cases / "g_mail" / path).read_bytes()).attachments] == names


@pytest.mark.parametrize(
    ("path", "subject", "text"),
    [
        ("mikel-mail/multi_charset/japanese.eml", "まみむめも", "かきくえこ"),
        ("mikel-mail/multi_charset/japanese_shift_jis.eml", "test", "あいうえお"),
        ("mikel-mail/multi_charset/ks_c_5601-1987.eml", "test", "스티해"),
        ("unstructured/email-no-utf8-2008-07-16.062410.eml", "RE: שלום", "סלבה היקר"),
        ("unstructured/fake-email-utf-16-be.eml", "Test Email", "This is a test email"),
        ("unstructured/fake-email-b64.eml", "Test Email", "This is a test email"),
    ],
)
def test_the_words_of_a_case_mail(cases: Path, path: str, subject: str, text: str) -> None:
    found = mail.read((cases / "g_mail" / path).read_bytes())
    assert found.subject == subject
    assert found.text.startswith(text)


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("unstructured/test-iso-8601-date.eml", datetime(2025, 7, 29, 12, 42, 6, tzinfo=UTC)),
        ("unstructured/test-rfc2822-date.eml", datetime(2025, 7, 29, 12, 42, 6, tzinfo=UTC)),
        ("unstructured/test-invalid-date.eml", None),
        ("mikel-mail/rfc2822/example10.eml", datetime(1969, 2, 14, 3, 2, tzinfo=UTC)),
    ],
)
def test_the_date_of_a_case_mail(cases: Path, path: str, sent: datetime | None) -> None:
    assert mail.read((cases / "g_mail" / path).read_bytes()).sent_at == sent


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=300))
def test_every_sequence_of_bytes_is_some_message(data: bytes) -> None:
    assert all(attached.name for attached in mail.read(data).attachments)


@settings(max_examples=200, deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 1500), st.binary(min_size=1, max_size=12)), min_size=1, max_size=6))
def test_no_corruption_of_a_message_makes_it_unreadable(changes: list[tuple[int, bytes]]) -> None:
    message = letter("Bestellung Büttenpapier")
    message.add_attachment(TABLE, maintype="text", subtype="csv", filename="Größe.csv")
    message.add_attachment(letter())
    data = bytearray(message.as_bytes())
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    mail.read(bytes(data))
    assert door.read("m.eml", bytes(data)).status in ("order", "review", "rejected")


@settings(max_examples=60, deadline=None)
@given(
    subject=st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), min_size=1, max_size=60
    )
)
def test_a_subject_in_any_writing_comes_out_as_it_was(subject: str) -> None:
    message = letter(subject)
    assert mail.read(message.as_bytes()).subject == subject
    assert email.message_from_bytes(message.as_bytes())["Subject"]
