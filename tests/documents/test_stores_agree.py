"""A folder and a bucket keep papers by one contract; what only a net can do to a bucket is told apart.

The bucket stands on a server that is not ours (moto's), in a process of its own.
"""

import base64
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import boto3
import pytest
from buckets import KEYS, bucket_server
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import settings as run_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from orderway.cli import backup, doctor
from orderway.documents import bucket
from orderway.documents import store as stores
from orderway.documents.bucket import BucketStore, open_bucket
from orderway.documents.store import BlobStore, Damaged, FolderStore, Kept, Unreachable, path_of
from orderway.mail.models import Message
from orderway.people.models import Person


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with bucket_server("papers") as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def keys() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in KEYS.items():
            patch.setenv(name, value)
        patch.setattr(bucket, "TRIES_AGAIN", 2)
        yield


def bucket_at(port: int, name: str = "papers") -> BucketStore:
    return open_bucket(f"s3+http://127.0.0.1:{port}/{name}/{uuid4().hex}")


@pytest.fixture(params=["folder", "bucket"])
def store(request, tmp_path: Path, port: int) -> BlobStore:
    return FolderStore(tmp_path / "blobs") if request.param == "folder" else bucket_at(port)


def test_papers_come_back_and_lie_once_and_apart_by_company(store):
    kept = store.keep(1, b"an order")
    assert kept == store.keep(1, b"an order") == Kept(sha256(b"an order").hexdigest(), 8)
    assert (store.read(1, kept.sha256), store.size(1, kept.sha256)) == (b"an order", 8)
    assert store.size(2, kept.sha256) is None
    with pytest.raises(FileNotFoundError):
        store.read(2, kept.sha256)
    store.keep(2, b"")
    assert list(store.names()) == [(1, kept.sha256), (2, sha256(b"").hexdigest())]
    store.forget(1, kept.sha256)
    store.forget(1, kept.sha256)
    assert store.size(1, kept.sha256) is None


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 63 + "/"])
def test_only_a_hash_is_a_name_anywhere(store, name):
    for act in (store.read, store.size, store.forget):
        with pytest.raises(ValueError, match="SHA-256"):
            act(1, name)


def test_trying_out_leaves_nothing(store):
    store.try_out()
    assert list(store.names()) == []


def test_a_large_paper_goes_in_one_piece(store):
    content = bytes(range(256)) * 50_000  # 12.8 MB
    assert store.read(7, store.keep(7, content).sha256) == content


class BothStores(RuleBasedStateMachine):
    """Whatever is kept and forgotten in whatever order: folder, bucket and a plain dictionary say the same."""

    port: int

    @initialize()
    def empty(self) -> None:
        self.folder = TemporaryDirectory()
        self.stores: tuple[BlobStore, ...] = (FolderStore(Path(self.folder.name)), bucket_at(self.port))
        self.there: dict[tuple[int, str], bytes] = {}

    @rule(company=st.integers(1, 3), content=st.binary(max_size=40))
    def keep(self, company: int, content: bytes) -> None:
        kept = {each.keep(company, content) for each in self.stores}
        assert kept == {Kept(sha256(content).hexdigest(), len(content))}
        self.there[company, kept.pop().sha256] = content

    @rule(company=st.integers(1, 3), data=st.data())
    def forget(self, company: int, data: st.DataObject) -> None:
        names = sorted({digest for _, digest in self.there}) or [sha256(b"never").hexdigest()]
        digest = data.draw(st.sampled_from(names))
        for each in self.stores:
            each.forget(company, digest)
        self.there.pop((company, digest), None)

    @invariant()
    def same_everywhere(self) -> None:
        for each in getattr(self, "stores", ()):
            assert list(each.names()) == sorted(self.there)
            for (company, digest), content in self.there.items():
                assert each.read(company, digest) == content
                assert each.size(company, digest) == len(content)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


def test_folder_and_bucket_agree_whatever_is_done(port):
    machine = type("Machine", (BothStores,), {"port": port})
    machine.TestCase.settings = run_settings(max_examples=15, stateful_step_count=8, deadline=None)
    machine.TestCase().runTest()


def test_what_somebody_changed_in_the_bucket_is_not_handed_out_and_mended_when_it_comes_again(port):
    there = bucket_at(port)
    kept = there.keep(1, b"an invoice")
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
    (listed,) = client.list_objects_v2(Bucket="papers", Prefix=there.bucket.prefix)["Contents"]
    assert listed["Key"] == f"{there.bucket.prefix}/{path_of(1, kept.sha256)}", "other tools find it under its hash"
    client.put_object(Bucket="papers", Key=listed["Key"], Body=b"an Invoice")
    with pytest.raises(Damaged):
        there.read(1, kept.sha256)
    there.keep(1, b"an invoice")
    assert there.read(1, kept.sha256) == b"an invoice"


def test_a_bucket_that_is_not_there_is_no_missing_paper(port):
    nowhere = bucket_at(port, "no-such-bucket")
    for act in (lambda: nowhere.keep(1, b"an order"), lambda: nowhere.read(1, "0" * 64), nowhere.try_out):
        with pytest.raises(Unreachable, match="NoSuchBucket"):
            act()


def test_a_server_that_is_down_is_said_in_a_line():
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:9.*") as said:
        open_bucket("s3+http://127.0.0.1:9/papers").keep(1, b"an order")
    assert "\n" not in str(said.value)


class Odd(BaseHTTPRequestHandler):
    """A server with bad days: `answers` says how it takes each PUT, `gives` what it hands out."""

    heard: list[dict[str, str]]
    answers: list[int]
    gives: bytes | None

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append({name.lower(): value for name, value in self.headers.items()})
        status = self.answers.pop(0) if self.answers else 200
        if status == 200 and self.gives is None:
            type(self).gives = content
        self.answer(status, b"")

    def do_GET(self) -> None:
        self.answer(200, self.gives or b"")

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"odd"')
        self.send_header("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_said: object) -> None:
        pass


@pytest.fixture
def odd() -> Iterator[type[Odd]]:
    made = type("OddToday", (Odd,), {"heard": [], "answers": [], "gives": None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), made)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.at = server.server_address[1]
    yield made
    server.shutdown()
    server.server_close()


def test_what_is_sent_carries_its_hash_and_never_writes_over_anything(odd):
    bucket_at(odd.at).keep(1, b"an order")
    (heard,) = odd.heard
    assert heard["x-amz-checksum-sha256"] == base64.b64encode(sha256(b"an order").digest()).decode()
    assert heard["x-amz-content-sha256"] == sha256(b"an order").hexdigest()
    assert heard["if-none-match"] == "*"


def test_a_server_that_is_busy_is_asked_again(odd):
    odd.answers = [503, 500]
    assert bucket_at(odd.at).keep(1, b"an order").size == 8
    assert len(odd.heard) == 3


def test_one_that_stays_busy_is_given_up(odd):
    odd.answers = [503] * 9
    with pytest.raises(Unreachable, match="503"):
        bucket_at(odd.at).keep(1, b"an order")
    assert len(odd.heard) == 3


def test_a_server_that_says_yes_and_keeps_other_bytes_is_not_believed(odd):
    odd.gives = b"an 0rder"
    with pytest.raises(Damaged):
        bucket_at(odd.at).keep(1, b"an order")


def test_who_may_not_write_is_told_so(odd):
    odd.answers = [403]
    with pytest.raises(Unreachable, match="403"):
        bucket_at(odd.at).keep(1, b"an order")


@pytest.fixture
def away(settings_of_blobs):
    settings_of_blobs("s3+http://127.0.0.1:9/papers")


@pytest.fixture
def settings_of_blobs(monkeypatch):
    def change(address: str) -> None:
        monkeypatch.setattr(settings, "BLOBS", address)
        stores.store.cache_clear()

    yield change
    monkeypatch.undo()
    stores.store.cache_clear()


def test_an_upload_while_the_bucket_is_away_is_refused_and_comes_again(db, shop, away):
    browser = Client(headers={"host": "localhost"})
    browser.force_login(Person.objects.get(pk=shop.manager.id))
    sent = {"files": [SimpleUploadedFile("order.csv", b"Item;Quantity")]}
    answer = browser.post("/inbox/upload", sent)
    assert answer.status_code == 503
    assert "Nothing was changed" in answer.content.decode()
    assert not Message.objects.filter(company_id=shop.company).exists()


def test_the_doctor_names_the_bucket_that_does_not_answer(away):
    (line,) = [line for line in [doctor._blobs()] if line.to_do]
    assert "127.0.0.1:9" in line.to_do


def test_a_backup_moves_papers_out_of_a_bucket_and_back(port, tmp_path):
    there, elsewhere = bucket_at(port), bucket_at(port)
    papers = {(1, there.keep(1, b"an order").sha256), (2, there.keep(2, b"a letter").sha256)}
    saved = FolderStore(tmp_path / "blobs")
    assert dict(backup._copied(there, saved)) == dict(backup._copied(saved, elsewhere))
    assert set(elsewhere.names()) == papers
    place = saved.place(1, sha256(b"an order").hexdigest())
    place.chmod(0o600)
    place.write_bytes(b"an Order")
    with pytest.raises(backup.BackupError, match="damaged"):
        list(backup._copied(saved, bucket_at(port)))
