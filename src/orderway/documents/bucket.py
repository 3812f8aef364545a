"""Content in a bucket that speaks S3: the same names as in a folder, so that one can be copied into the other.

What is sent carries its SHA-256 (header x-amz-checksum-sha256, and the payload hash of the AWS signature, version 4) and is
written only where nothing lies yet (If-None-Match: *, RFC 9110 section 13.1.2). Not every server looks at these headers:
so `keep` reads back what it wrote before it answers.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from hashlib import sha256
from secrets import token_hex
from typing import Literal

import obstore
from django.core.exceptions import ImproperlyConfigured
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from .store import Damaged, Kept, Unreachable, named_by, path_of

FORMS = "s3://bucket/prefix or s3+https://endpoint/bucket/prefix"
CONNECT, REQUEST = timedelta(seconds=5), timedelta(seconds=60)  # how long one try may take
TRIES_AGAIN, TRIES_FOR = 4, timedelta(seconds=30)  # connection errors and answers of 5xx, with jitter


class BucketStore:
    """Blobs as objects: prefix/company/ab/cd/abcd…; nothing is kept in the process."""

    def __init__(self, bucket: S3Store) -> None:
        self.bucket = bucket

    def keep(self, company: int, content: bytes) -> Kept:
        """Store content and read it back; what is there already and whole stays. Damaged when other bytes come back."""
        kept = Kept(sha256(content).hexdigest(), len(content))
        path = path_of(company, kept.sha256)
        try:
            self._put(path, content, "create")
        except AlreadyExistsError:
            if self._content(path) == content:
                return kept
            self._put(path, content, "overwrite")  # damaged there: what came now is the better one
        if self._content(path) != content:
            raise Damaged(f"the bucket gave other bytes back for {kept.sha256} than were sent")
        return kept

    def size(self, company: int, digest: str) -> int | None:
        """Size in bytes of the content, None when it is not there."""
        try:
            with _answering():
                return obstore.head(self.bucket, path_of(company, digest))["size"]
        except FileNotFoundError:
            return None

    def read(self, company: int, digest: str) -> bytes:
        """The content. FileNotFoundError when it is not there, Damaged when it is not what it was."""
        content = self._content(path_of(company, digest))
        if sha256(content).hexdigest() != digest:
            raise Damaged(f"the content stored as {digest} has changed")
        return content

    def forget(self, company: int, digest: str) -> None:
        """Remove content, for erasure; content that is not there is no error. A bucket with versions keeps the old one."""
        self._remove(path_of(company, digest))

    def names(self) -> Iterator[tuple[int, str]]:
        """Everything that lies here, as (company, SHA-256), in order."""
        with _answering():
            found = [each["path"] for page in obstore.list(self.bucket) for each in page]
        yield from sorted(filter(None, map(named_by, found)))

    def try_out(self) -> None:
        """Write, read and remove a few bytes. Unreachable, or Damaged when they came back otherwise."""
        path, content = f"tried-out-{token_hex(8)}", b"Orderway was here"
        self._put(path, content, "create")
        back = self._content(path)
        self._remove(path)
        if back != content:
            raise Damaged("the bucket gives other bytes back than were sent")

    def _put(self, path: str, content: bytes, mode: Literal["create", "overwrite"]) -> None:
        try:
            with _answering():
                obstore.put(self.bucket, path, content, use_multipart=False, mode=mode)
        except FileNotFoundError as absent:  # nothing can be absent for a write but the bucket
            raise Unreachable(_in_a_line(absent)) from absent

    def _content(self, path: str) -> bytes:
        with _answering():
            return bytes(obstore.get(self.bucket, path).bytes())

    def _remove(self, path: str) -> None:
        with _answering(), suppress(FileNotFoundError):
            obstore.delete(self.bucket, path)


def open_bucket(address: str) -> BucketStore:
    """The store at s3://bucket/prefix (AWS, or AWS_ENDPOINT_URL) or s3+https://endpoint/bucket/prefix.

    Keys, region and the like come from the usual variables (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
    AWS_REGION), from a container's role or a machine's. ImproperlyConfigured for another address.
    """
    endpoint, bucket, prefix = parts_of(address)
    ours = S3Store(
        bucket,
        prefix=prefix or None,
        config={"checksum_algorithm": "sha256", **({"endpoint": endpoint} if endpoint else {})},
        client_options={"allow_http": address.startswith("s3+http:"), "connect_timeout": CONNECT, "timeout": REQUEST},
        retry_config={"max_retries": TRIES_AGAIN, "retry_timeout": TRIES_FOR},
    )
    return BucketStore(ours)


def parts_of(address: str) -> tuple[str, str, str]:
    """Endpoint (empty: AWS), bucket and prefix of an address. ImproperlyConfigured for one of another form."""
    kind, _, rest = address.partition("://")
    endpoint = ""
    if kind in ("s3+https", "s3+http"):
        host, _, rest = rest.partition("/")
        endpoint = f"{kind[3:]}://{host}" if host else ""
    bucket, _, prefix = rest.strip("/").partition("/")
    if kind not in ("s3", "s3+https", "s3+http") or not bucket or (kind != "s3" and not endpoint) or "@" in endpoint:
        # the address is not repeated here: somebody may have put a key into it
        raise ImproperlyConfigured(f"ORDERWAY_BLOBS: write {FORMS}; the keys stand in AWS_ACCESS_KEY_ID and so on")
    return endpoint, bucket, prefix


@contextmanager
def _answering() -> Iterator[None]:
    """What the library raises, in the store's own terms: FileNotFoundError for what is not there, Unreachable for the rest."""
    try:
        yield
    except AlreadyExistsError:
        raise
    except FileNotFoundError as absent:
        if "NoSuchBucket" in str(absent):
            raise Unreachable(_in_a_line(absent)) from absent
        raise FileNotFoundError(_in_a_line(absent)) from absent
    except (BaseError, OSError, NotImplementedError) as problem:
        raise Unreachable(_in_a_line(problem)) from problem


def _in_a_line(problem: Exception) -> str:
    """What was tried and what the server said to it; without the picture of the library's insides that follows."""
    said = " ".join(str(problem).partition("\n\nDebug source")[0].split())
    told = re.search(r"<Code>(.*?)</Code>(?:.*?<Message>(.*?)</Message>)?", said)
    tried = said[max(said.find("Error performing"), 0) :].partition("<")[0].rstrip(": ")[:300]
    return f"{tried}: {' - '.join(filter(None, told.groups()))}" if told else tried
