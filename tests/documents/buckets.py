"""A bucket server that is not ours, as a process of its own: moto's server mode."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from botocore.exceptions import EndpointConnectionError

KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests-only", "AWS_REGION": "us-east-1"}


@contextmanager
def bucket_server(*buckets: str) -> Iterator[int]:
    """A server with these empty buckets; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **KEYS},
    )
    try:
        for bucket in buckets:
            _make(port, bucket)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _make(port: int, bucket: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name=KEYS["AWS_REGION"],
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )
    until = time.monotonic() + 60
    while True:
        try:
            client.create_bucket(Bucket=bucket)
        except EndpointConnectionError:
            assert time.monotonic() < until, "the bucket server does not start"
            time.sleep(0.2)
        else:
            return
