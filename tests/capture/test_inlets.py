"""The ways in: stored first, taken once, whoever brings it (DX-14, DX-16)."""

import json
import os
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path

import pytest
from doorstep import come_in, csv, inputs, letter, work

from orderway.capture import inlets
from orderway.capture.folder import Folder
from orderway.documents.store import store
from orderway.kernel.access import system_actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch

CUSTOMER = "Kanzlei Bergmann Roth"
ORDER = csv(f"B-1;{CUSTOMER};PAP-A4-80;10;")
db = pytest.mark.usefixtures("db")


@db
def test_what_is_acknowledged_is_stored_before_anybody_reads_it(shop):
    outcome = inlets.receive(shop.manager, "b.csv", ORDER, "api")
    assert outcome.values["new"] == outcome.done
    (row,) = inputs(shop)
    assert (row.state, row.channel) == ("received", "api")
    assert store().read(shop.company, sha256(ORDER).hexdigest()) == ORDER


@db
def test_the_same_bytes_are_taken_once_whatever_they_are_called(shop):
    first = come_in(shop, "b.csv", ORDER)
    again = inlets.receive(shop.manager, "copy of b.csv", ORDER, "folder")
    assert (list(again.done), again.values["new"]) == ([first], [])
    assert len(inputs(shop)) == 1


@db
def test_the_same_message_id_is_taken_once_whatever_way_it_comes(shop):
    mail = letter("<once@kunde.example>")
    first = come_in(shop, "mail.eml", mail.as_bytes(), "imap")
    mail["X-Forwarded"] = "yes"
    again = inlets.receive(shop.manager, "saved.eml", mail.as_bytes(), "upload")
    assert (list(again.done), again.values["new"]) == ([first], [])


@db
def test_another_company_may_have_the_same_file(shop):
    come_in(shop, "b.csv", ORDER)
    assert inlets.receive(shop.stranger, "b.csv", ORDER, "upload").values["new"]


@db
def test_twice_in_one_go_is_once(shop):
    row = inlets.inbound(shop.company, "b.csv", ORDER, "upload")
    outcome = run("capture.receive", shop.manager, [row, row])
    assert len(set(outcome.done)) == 1
    assert len(outcome.values["new"]) == 1
    assert len(inputs(shop)) == 1


@db
def test_a_name_brings_no_folders_along(shop):
    come_in(shop, "..\\..\\etc/pass\nwd.csv", ORDER)
    assert inputs(shop)[0].name == "passwd.csv"


@db
def test_what_is_too_large_is_refused(shop, monkeypatch):
    monkeypatch.setattr(inlets, "LARGEST", 5)
    assert [r.code for r in inlets.receive(shop.manager, "b.csv", ORDER, "upload").refused] == ["too-large"]


@db
def test_an_original_that_is_gone_waits_for_a_person(shop):
    inlets.receive(shop.manager, "b.csv", ORDER + b"\r\n", "upload")
    store().forget(shop.company, sha256(ORDER + b"\r\n").hexdigest())
    work()
    (row,) = inputs(shop)
    assert (row.state, row.kind) == ("review", "unread")
    assert "original" in row.reason


@pytest.fixture
def folder(shop, tmp_path):
    return Folder(tmp_path, system_actor(shop.company), settled=0.3)


def looks(folder, seconds=0.5):
    folder.look()
    time.sleep(seconds)
    folder.look()


def names(place: Path, inside: str) -> list[str]:
    return sorted(path.name for path in (place / inside).iterdir())


@db
def test_a_file_in_the_folder_becomes_an_order_and_goes_to_done(shop, folder):
    (folder.place / "b.csv").write_bytes(ORDER)
    folder.look()
    assert inputs(shop) == []
    time.sleep(0.4)
    folder.look()
    assert [row.state for row in inputs(shop)] == ["received"]
    work()
    folder.look()
    assert [(row.name, row.state) for row in inputs(shop)] == [("b.csv", "order")]
    assert (names(folder.place, "taken"), names(folder.place, "done")) == ([], ["b.csv"])
    assert not (folder.place / "b.csv").exists()


@db
def test_a_file_that_is_written_slowly_is_taken_once_when_it_is_whole(shop, folder):
    folder.settled = 1.5  # far from the pauses of the writer, also where much else is at work

    def write() -> None:
        with (folder.place / "slow.csv").open("wb") as file:
            for at in range(0, len(ORDER), 10):
                file.write(ORDER[at : at + 10])
                file.flush()
                time.sleep(0.1)

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        folder.look()
        assert inputs(shop) == []
        time.sleep(0.05)
    looks(folder, 1.7)
    work()
    assert [(row.name, row.state) for row in inputs(shop)] == [("slow.csv", "order")]


@db
def test_a_bad_file_is_kept_with_the_reason(shop, folder):
    (folder.place / "bad.csv").write_bytes(csv(f"B-1;{CUSTOMER};PAP-A4-80;x;"))
    (folder.place / "empty.csv").write_bytes(b"")
    looks(folder)
    work()
    folder.look()
    assert names(folder.place, "rejected") == ["bad.csv", "bad.csv.reason.txt", "empty.csv", "empty.csv.reason.txt"]
    reason = (folder.place / "rejected" / "bad.csv.reason.txt").read_text()
    assert reason == "row 2, column Menge: 'x' is not a number\n"
    assert names(folder.place, "done") == []


@db
def test_what_waits_for_a_person_is_done_with_here(shop, folder):
    (folder.place / "scan.pdf").write_bytes(b"%PDF-1.4\n%%EOF")
    (folder.place / "who.csv").write_bytes(csv("B-1;Nobody;ENV-DL;1;"))
    looks(folder)
    work()
    folder.look()
    assert "who.csv" in names(folder.place, "done")
    assert {row.name: row.state for row in inputs(shop)}["who.csv"] == "review"


@db
def test_half_files_and_hidden_ones_are_left_alone(shop, folder):
    for name in ("b.csv.part", ".b.csv", "b.csv~"):
        (folder.place / name).write_bytes(ORDER)
    (folder.place / "link.csv").symlink_to("/etc/hostname")
    looks(folder)
    assert inputs(shop) == []


@db
def test_after_a_crash_between_commit_and_move_nothing_is_taken_twice(shop, folder):
    inlets.receive(system_actor(shop.company), "b.csv", ORDER, "folder")  # and then the process died
    (folder.place / "b.csv").write_bytes(ORDER)
    looks(folder)
    work()
    folder.look()
    assert len(inputs(shop)) == 1
    assert names(folder.place, "done") == ["b.csv"]


@db
def test_the_same_name_twice_keeps_both(shop, folder):
    for number in (1, 2):
        (folder.place / "b.csv").write_bytes(csv(f"B-{number};{CUSTOMER};PAP-A4-80;{number};"))
        looks(folder)
        work()
        folder.look()
    assert names(folder.place, "done") == ["b-2.csv", "b.csv"]
    assert [row.their_number for row in inputs(shop)] == ["B-1", "B-2"]


@db
def test_the_desk_sees_what_came_in_and_by_which_way(shop):
    come_in(shop, "b.csv", ORDER, "folder")
    (message,) = ask("mail.list", shop.manager, direction="in").rows
    assert (message.channel, message.state) == ("folder", "received")
    told = fetch(
        "select name from event where root_type = 'message' and root_id = %(id)s::bigint order by id",
        {"id": message.id},
    )
    assert [row.name for row in told] == ["message.received", "intake.received", "intake.recognised", "intake.ordered"]


def orderway(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "orderway.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=60,
    )


def test_the_command_line_reads_without_a_database(tmp_path):
    good, bad, other = tmp_path / "b.csv", tmp_path / "bad.csv", tmp_path / "x.txt"
    good.write_bytes(ORDER)
    bad.write_bytes(csv(f"B-1;{CUSTOMER};PAP-A4-80;x;"))
    other.write_text("Guten Tag")
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    done = orderway("capture", "--dry", "--json", str(good), str(bad), str(other), DATABASE_URL=nowhere)
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["file"], first["status"], first["kind"], first["reason"]) == (str(good), "order", "csv", "")
    assert first["order"] == {
        "number": "B-1",
        "reference": "B-1",
        "customer": CUSTOMER,
        "currency": "",
        "ordered_on": None,
        "lines": [
            {
                "item": "PAP-A4-80",
                "description": "",
                "quantity": "10",
                "unit": "",
                "price": None,
                "amount": None,
                "requested_on": None,
            }
        ],
        "total": None,
    }
    assert (second["status"], second["reason"]) == ("rejected", "row 2, column Menge: 'x' is not a number")
    place, facts = {"row": 2, "column": "Menge"}, {"found": "x", "wanted": "number"}
    assert second["reasons"] == [{"code": "wrong-value", "place": place, "facts": facts}]
    assert third["status"] == "review"
    assert "order" not in third


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    assert orderway("capture", "--dry", str(tmp_path / "nothing")).returncode == 2
