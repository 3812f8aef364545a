"""Where content lies: under its own SHA-256, so that it can be checked by anybody and is stored once.

A company's content lies apart from every other's: whoever knows a hash cannot reach content of another company by it.
The store is a folder or a bucket that speaks S3; ORDERWAY_BLOBS names it.
"""

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SPREAD = 2  # hex digits a folder level: 65,536 folders at two levels hold many millions of files


class Damaged(Exception):
    """The stored bytes are not those of their name: the disk or somebody changed them."""


class Unreachable(OSError):
    """The store does not answer, or does not let us in; it says why in one line, and may well be there again in a minute."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Content that lies in the store: `sha256` in hex, `size` in bytes."""

    sha256: str
    size: int


class BlobStore(Protocol):
    """What a store must do. `keep` answers only when the content would survive a power cut.

    Every act may raise Unreachable; `try_out` writes, reads and removes something, so that it is known before work comes.
    """

    def keep(self, company: int, content: bytes) -> Kept: ...
    def size(self, company: int, digest: str) -> int | None: ...
    def read(self, company: int, digest: str) -> bytes: ...
    def forget(self, company: int, digest: str) -> None: ...
    def names(self) -> Iterator[tuple[int, str]]: ...
    def try_out(self) -> None: ...


def path_of(company: int, digest: str) -> str:
    """Where content lies in every store, from its root: company/ab/cd/abcd…. ValueError for anything but a SHA-256 in hex."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        raise ValueError(f"{digest!r} is not a SHA-256 in hex")
    return f"{int(company)}/{digest[:SPREAD]}/{digest[SPREAD : 2 * SPREAD]}/{digest}"


def named_by(path: str) -> tuple[int, str] | None:
    """The company and SHA-256 that a path of the store names; None for a draft or a stranger's file."""
    match = re.fullmatch(r"([0-9]+)/.{2}/.{2}/([0-9a-f]{64})", path)
    if match is None or path != path_of(int(match[1]), match[2]):
        return None
    return int(match[1]), match[2]


class FolderStore:
    """Blobs as files: company/ab/cd/abcd…; written beside, synced, then named, so that no half file ever has its name."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def place(self, company: int, digest: str) -> Path:
        """Where the content with this SHA-256 lies. ValueError for anything but 64 hex digits."""
        return self.root / path_of(company, digest)

    def keep(self, company: int, content: bytes) -> Kept:
        """Store content; what is there already stays as it is."""
        kept = Kept(sha256(content).hexdigest(), len(content))
        place = self.place(company, kept.sha256)
        if place.exists() and place.stat().st_size == kept.size:
            return kept
        _make_folder(place.parent)
        handle, draft = tempfile.mkstemp(prefix=".draft-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(draft).chmod(0o440)
            Path(draft).replace(place)
        except BaseException:
            with suppress(FileNotFoundError):
                Path(draft).unlink()
            raise
        _sync(place.parent)
        return kept

    def size(self, company: int, digest: str) -> int | None:
        """Size in bytes of the content, None when it is not there."""
        try:
            return self.place(company, digest).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, company: int, digest: str) -> bytes:
        """The content. FileNotFoundError when it is not there, Damaged when it is not what it was."""
        content = self.place(company, digest).read_bytes()
        if sha256(content).hexdigest() != digest:
            raise Damaged(f"the content stored as {digest} has changed")
        return content

    def forget(self, company: int, digest: str) -> None:
        """Remove content, for erasure; content that is not there is no error."""
        self.place(company, digest).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[int, str]]:
        """Everything that lies here, as (company, SHA-256), in order."""
        files = (file.relative_to(self.root).as_posix() for file in self.root.glob("*/*/*/*"))
        yield from sorted(filter(None, map(named_by, files)))

    def try_out(self) -> None:
        """Nothing when content can be kept here. Unreachable where this account may not write."""
        place = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        if not os.access(place, os.W_OK):
            raise Unreachable(f"this account may not write into {self.root}")


def _make_folder(folder: Path) -> None:
    """Make a folder and make its name last: a file is only as durable as the names that lead to it."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@cache
def store() -> BlobStore:
    """The store of this installation. ImproperlyConfigured for an address that no store here understands."""
    address = str(settings.BLOBS)
    if address.startswith(("s3:", "s3+http")):
        try:
            from .bucket import open_bucket  # noqa: PLC0415 - the library is an extra: who uses a folder needs none
        except ImportError as lacking:
            raise ImproperlyConfigured("ORDERWAY_BLOBS=s3… needs the extra: pip install 'orderway[s3]'") from lacking
        return open_bucket(address)
    if ":" in address.split("/", maxsplit=1)[0]:
        raise ImproperlyConfigured(f"ORDERWAY_BLOBS={address}: papers lie in a folder, at s3://… or at s3+https://…")
    return FolderStore(Path(address))
