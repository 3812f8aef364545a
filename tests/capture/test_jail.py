"""Hostile files are read in a process of their own: they end in a reading, in time, and never end us."""

import os
import signal
import subprocess
import sys
import time
import zlib
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from orderway.capture.readers import door, jail

TABLE = b"Bestellnummer;Artikelnummer;Menge\r\nB-1;4711;3\r\n"


def test_what_is_read_apart_is_what_is_read_here(cases: Path) -> None:
    """One child, many files, with orders, refusals and files for a person among them."""
    files = [found for found in sorted((cases / "b_orders").rglob("*")) if found.is_file()]
    named = [(found.name, found.read_bytes()) for found in files]
    assert list(jail.read_all_apart(named)) == [door.read(name, data) for name, data in named]


def test_a_mapping_reaches_the_other_side() -> None:
    mapping = {"Was": "item", "Wieviel": "quantity"}
    (draft,) = jail.read_apart("l.csv", b"Was;Wieviel\nA;2\n", mapping).drafts
    assert draft.lines[0].item == "A"


@pytest.mark.parametrize("folder", ["xml", "pdf", "json", "images"])
def test_hostile_files_never_hang_and_never_kill(cases: Path, folder: str) -> None:
    files = sorted(found for found in (cases / "g_hostile" / folder).rglob("*") if found.is_file())
    begun = time.monotonic()
    readings = list(jail.read_all_apart((found.name, found.read_bytes()) for found in files))
    assert len(readings) == len(files) > 0
    assert {reading.status for reading in readings} <= {"review", "rejected"}
    assert time.monotonic() - begun < jail.SECONDS


def bomb() -> bytes:
    """A PDF of half a megabyte whose order unpacks to half a gigabyte."""
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    pdf.attachments["order-x.xml"] = b"x"
    stream = pdf.attachments["order-x.xml"].obj.EF.F
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(600)) + packer.flush()
    stream.write(packed, filter=pikepdf.Name.FlateDecode)
    pdf.save(out, compress_streams=False)
    return out.getvalue()


def test_a_file_that_fills_the_memory_is_refused_and_the_next_one_read() -> None:
    full, fine = jail.read_all_apart([("bomb.pdf", bomb()), ("b.csv", TABLE)])
    assert full.status == "rejected"
    assert fine.status == "order"


def children() -> list[int]:
    """The process ids of the readers this process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and b"readers.jail" in stat.with_name("cmdline").read_bytes():
                found.append(int(stat.parent.name))
        except OSError:  # it ended while it was looked at
            continue
    return found


def only_child() -> int:
    (found,) = children()
    return found


def test_a_reader_that_dies_costs_one_file_only() -> None:
    begun = False

    def files():  # type: ignore[no-untyped-def]
        nonlocal begun
        yield "a.csv", TABLE
        os.kill(only_child(), signal.SIGKILL)
        begun = True
        yield "b.csv", TABLE
        yield "c.csv", TABLE

    readings = jail.read_all_apart(files())
    first, second, third = readings
    assert begun
    assert (first.status, second.status, third.status) == ("order", "rejected", "order")
    assert "SIGKILL" in second.reason


def test_a_reader_that_hangs_is_ended_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, stopped = time.monotonic(), []

    def files():  # type: ignore[no-untyped-def]
        yield "a.csv", TABLE
        monkeypatch.setattr(jail, "SECONDS", 1)  # not before: a busy machine may take longer to start a reader
        stopped.append(only_child())
        os.kill(stopped[0], signal.SIGSTOP)
        yield "b.csv", TABLE

    readings = jail.read_all_apart(files())
    first, second = readings
    assert (first.status, second.status) == ("order", "rejected")
    assert "more than 1 s" in second.reason
    assert time.monotonic() - begun < 10
    with pytest.raises(ProcessLookupError):
        os.kill(stopped[0], 0)


def test_the_reader_sees_none_of_our_secrets_and_writes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    seen: list[bytes] = []

    def files():  # type: ignore[no-untyped-def]
        yield "a.csv", TABLE
        pid = only_child()
        seen.append(Path(f"/proc/{pid}/environ").read_bytes())
        seen.append(Path(f"/proc/{pid}/limits").read_bytes())

    readings = jail.read_all_apart(files())
    assert [reading.status for reading in readings] == ["order"]
    environment, limits = seen
    assert b"secret" not in environment
    limit = {line[:25].strip(): line[25:].split() for line in limits.decode().splitlines()}
    assert limit["Max address space"][:2] == [str(jail.MEMORY)] * 2
    assert limit["Max file size"][:2] == ["0", "0"]


def test_no_reader_is_left_behind() -> None:
    jail.read_apart("a.csv", TABLE)
    assert children() == []


def test_the_reader_ends_when_nobody_asks_any_more() -> None:
    package = str(Path(jail.__file__).resolve().parents[3])
    done = subprocess.run(
        [sys.executable, "-m", "orderway.capture.readers.jail"],
        input=b"",
        capture_output=True,
        timeout=20,
        env={"PYTHONPATH": package},
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"")
