"""Where content lies: named by its hash, whole or not at all, each company's apart."""

import os
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from orderway.documents import store as stores
from orderway.documents.store import Damaged, FolderStore


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "blobs")


def test_content_comes_back_as_it_was_and_lies_under_its_hash(folder):
    kept = folder.keep(1, b"an order")
    assert kept == stores.Kept(sha256(b"an order").hexdigest(), 8)
    place = folder.root / "1" / kept.sha256[:2] / kept.sha256[2:4] / kept.sha256
    assert place.read_bytes() == folder.read(1, kept.sha256) == b"an order"


def test_the_same_content_lies_there_once(folder):
    first, again = folder.keep(1, b"twice"), folder.keep(1, b"twice")
    assert first == again
    assert len([each for each in folder.root.rglob("*") if each.is_file()]) == 1


def test_nobody_reaches_another_company_by_knowing_a_hash(folder):
    kept = folder.keep(1, b"secret price")
    assert folder.size(2, kept.sha256) is None
    with pytest.raises(FileNotFoundError):
        folder.read(2, kept.sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 63 + "/"])
def test_only_a_hash_is_a_name(folder, name):
    with pytest.raises(ValueError, match="SHA-256"):
        folder.read(1, name)


def test_content_that_the_disk_changed_is_not_handed_out(folder):
    kept = folder.keep(1, b"an invoice")
    place = folder.place(1, kept.sha256)
    place.chmod(0o600)
    place.write_bytes(b"an Invoice")
    with pytest.raises(Damaged):
        folder.read(1, kept.sha256)


def test_a_crash_while_writing_leaves_no_half_content(folder, monkeypatch):
    def crash(_handle: int) -> None:
        raise OSError("the power went")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="power"):
        folder.keep(1, b"half an order")
    monkeypatch.undo()
    assert folder.size(1, sha256(b"half an order").hexdigest()) is None
    assert not [each for each in folder.root.rglob("*") if each.is_file()]
    assert folder.read(1, folder.keep(1, b"half an order").sha256) == b"half an order"


def test_what_is_forgotten_is_gone_and_forgetting_twice_is_no_error(folder):
    kept = folder.keep(1, b"a letter")
    folder.forget(1, kept.sha256)
    folder.forget(1, kept.sha256)
    assert folder.size(1, kept.sha256) is None


@pytest.mark.parametrize(
    "address", ["gs://bucket/orders", "s3://", "s3:bucket", "s3+https://bucket", "s3+https:///b/p"]
)
def test_an_address_no_store_understands_is_said_at_once(settings_blobs, address):
    settings_blobs(address)
    with pytest.raises(ImproperlyConfigured, match="ORDERWAY_BLOBS"):
        stores.store()


def test_a_key_in_the_address_is_refused_and_not_repeated(settings_blobs):
    settings_blobs("s3+https://AKIAEXAMPLE:very-secret@store.example/papers")
    with pytest.raises(ImproperlyConfigured) as refused:
        stores.store()
    assert "very-secret" not in str(refused.value)


@pytest.fixture
def settings_blobs(monkeypatch):
    from django.conf import settings

    def change(address: str) -> None:
        monkeypatch.setattr(settings, "BLOBS", address)
        stores.store.cache_clear()

    yield change
    monkeypatch.undo()
    stores.store.cache_clear()
