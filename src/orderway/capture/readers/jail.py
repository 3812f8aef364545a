"""Reading in a process of its own: a file made to do harm can at worst end that process.

The child gets 512 MB of memory, 30 seconds of processor for each file, no files to write, and none of the parent's
environment. It answers in JSON, at most 64 MB. Parent and child speak over two pipes in frames: 8 bytes of length
(big endian), then the bytes.
"""

import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import IO

from orderway.capture.drafts import Reading
from orderway.capture.readers import wire
from orderway.capture.reasons import Reason, Unreadable, remark

MEMORY = 512 * 1024 * 1024
"""Bytes of address space the child may have."""
SECONDS = 30
"""Seconds, of the clock and of the processor, a file may take."""
LARGEST_ANSWER = 64 * 1024 * 1024
"""Bytes of JSON a reading may have."""


class _Ended(Unreadable):
    """The child cannot answer any more."""


def read_apart(name: str, data: bytes, mapping: Mapping[str, str] | None = None) -> Reading:
    """The same as `door.read`, in a child process. A child that dies, hangs or answers too much gives a rejected
    reading.
    """
    with closing(read_all_apart([(name, data)], mapping)) as readings:
        return next(readings)


def read_all_apart(
    files: Iterable[tuple[str, bytes]], mapping: Mapping[str, str] | None = None
) -> Generator[Reading, None, None]:
    """A reading for each (name, bytes), in order, by one child that stays warm; after a death the next file gets a
    new one.
    """
    child: subprocess.Popen[bytes] | None = None
    try:
        for name, data in files:
            child = child or _started()
            try:
                yield _asked(child, name, data, mapping)
            except _Ended as ended:
                _stop(child)
                child = None
                yield Reading("rejected", "unread", (ended.reason,))
    finally:
        if child is not None:
            _stop(child)


def _started() -> subprocess.Popen[bytes]:
    """A child with an environment of its own: no addresses or passwords of the parent are in it."""
    package = str(Path(__file__).resolve().parents[3])
    return subprocess.Popen(
        [sys.executable, "-m", "orderway.capture.readers.jail"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PYTHONPATH": package, "PYTHONUTF8": "1", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
        start_new_session=True,
        bufsize=0,
    )


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            pipe.close()
    child.wait()


def _asked(child: subprocess.Popen[bytes], name: str, data: bytes, mapping: Mapping[str, str] | None) -> Reading:
    if child.stdin is None or child.stdout is None:
        raise _Ended("broke-off", said="no pipes")
    deadline = time.monotonic() + SECONDS
    head = json.dumps({"name": name, "mapping": dict(mapping) if mapping is not None else None}).encode()
    _send(child, child.stdin, _framed(head) + _framed(data), deadline)
    size = int.from_bytes(_received(child, child.stdout, 8, deadline), "big")
    if size > LARGEST_ANSWER:
        raise _Ended("too-large", most=LARGEST_ANSWER, what="bytes")
    try:
        return wire.from_json(_received(child, child.stdout, size, deadline))
    except ValueError as error:
        raise _Ended("broke-off", said="the answer is no reading") from error


def _framed(content: bytes) -> bytes:
    return len(content).to_bytes(8, "big") + content


def _send(child: subprocess.Popen[bytes], pipe: IO[bytes], content: bytes, deadline: float) -> None:
    os.set_blocking(pipe.fileno(), False)
    rest = memoryview(content)
    while rest:
        _wait_for(pipe, select.POLLOUT, deadline)
        try:
            rest = rest[os.write(pipe.fileno(), rest[: 1 << 20]) :]
        except BlockingIOError:
            continue
        except BrokenPipeError as error:
            raise _death(child) from error


def _received(child: subprocess.Popen[bytes], pipe: IO[bytes], size: int, deadline: float) -> bytes:
    chunks, lacking = [], size
    while lacking:
        _wait_for(pipe, select.POLLIN, deadline)
        chunk = os.read(pipe.fileno(), min(lacking, 1 << 20))
        if not chunk:
            raise _death(child)
        chunks.append(chunk)
        lacking -= len(chunk)
    return b"".join(chunks)


def _wait_for(pipe: IO[bytes], event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(pipe.fileno(), event)
    if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        raise _Ended("too-slow", seconds=SECONDS)


def _death(child: subprocess.Popen[bytes]) -> _Ended:
    try:
        code = child.wait(timeout=2)
    except subprocess.TimeoutExpired:
        return _Ended("broke-off", said="the pipe is closed")
    if code == -signal.SIGXCPU:
        return _Ended("too-slow", seconds=SECONDS)
    return _Ended("broke-off", said=f"exit {code}" if code >= 0 else signal.Signals(-code).name)


def _confined() -> None:
    """Limit this process: memory, no core dump, no writing into files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _grant_processor_time() -> None:
    """Let this process use `SECONDS` of processor time more than it has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """`size` bytes; an end of the pipe before that ends the process."""
    content = pipe.read(size)
    if len(content) < size:
        raise SystemExit(0)
    return content


def _answer(name: str, data: bytes, mapping: Mapping[str, str] | None) -> bytes:
    from orderway.capture.readers import door  # noqa: PLC0415  after the limits are set

    try:
        answer = wire.to_json(door.read(name, data, mapping)).encode()
    except MemoryError:
        return _unread(remark("broke-off", said=f"MemoryError, {MEMORY} bytes"))
    return answer if len(answer) <= LARGEST_ANSWER else _unread(remark("too-large", most=LARGEST_ANSWER, what="bytes"))


def _unread(why: Reason) -> bytes:
    return wire.to_json(Reading("rejected", "unread", (why,))).encode()


def main() -> None:
    """The child: answers each file on standard input until it is closed. What a library prints does not get among the
    answers.
    """
    _confined()
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while True:
        head = json.loads(_exactly(source, int.from_bytes(_exactly(source, 8), "big")))
        data = _exactly(source, int.from_bytes(_exactly(source, 8), "big"))
        _grant_processor_time()
        answers.write(_framed(_answer(head["name"], data, head["mapping"])))
        answers.flush()


if __name__ == "__main__":
    main()
