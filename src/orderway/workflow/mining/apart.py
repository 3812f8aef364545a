"""Reading logs from outside in a process of its own: a file made to do harm can at worst end that process.

It gets 1.5 GB of memory, 60 seconds, no files to write and answers in JSON, so that nothing it says is run here.
"""

import json
import multiprocessing
import resource
from collections.abc import Mapping
from datetime import datetime
from multiprocessing.connection import Connection

from .logs import Log, LoggedCase, NotALog, Seen
from .sheet import read_csv
from .xes import read_xes

MEMORY = 1_500_000_000
SECONDS = 60
LARGEST_ANSWER = 200_000_000


def read_log_apart(name: str, data: bytes, mapping: Mapping[str, str] | None = None, seconds: float = SECONDS) -> Log:
    """The log in a file (XES where its name or its first sign says so, else CSV); raises NotALog, also when the child died."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    child = spawn.Process(target=_work, args=(theirs,), daemon=True)
    child.start()
    theirs.close()
    try:
        ours.send((name, data, dict(mapping or {})))
        if not ours.poll(seconds):
            raise NotALog(f"not read within {seconds:.0f} s")
        return _log(json.loads(ours.recv_bytes(LARGEST_ANSWER)))
    except (EOFError, OSError) as error:
        raise NotALog("the reader ended, most likely for want of memory") from error
    finally:
        ours.close()
        child.kill()
        child.join()


def read_log(name: str, data: bytes, mapping: Mapping[str, str] | None = None) -> Log:
    """The log in a file, read here: for files of one's own."""
    if name.casefold().endswith((".xes", ".xml")) or data.lstrip()[:1] == b"<" or data[:4] == b"\xef\xbb\xbf<":
        return read_xes(data)
    return read_csv(data, mapping)


def _log(said: dict[str, object]) -> Log:
    if "problem" in said:
        raise NotALog(str(said["problem"]))
    cases = said["cases"]
    left_out = said["left_out"]
    if not isinstance(cases, list) or not isinstance(left_out, int):
        raise NotALog("the reader answered what is no log")
    return Log(
        tuple(
            LoggedCase(
                str(name),
                tuple(
                    Seen(str(a), datetime.fromisoformat(at) if at else None, str(by), str(life))
                    for a, at, by, life in seen
                ),
            )
            for name, seen in cases
        ),
        left_out,
    )


def _work(line: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        log = read_log(*line.recv())
    except NotALog as problem:
        line.send_bytes(json.dumps({"problem": str(problem)}).encode())
        return
    cases = [
        (case.name, [(s.activity, s.at.isoformat() if s.at else "", s.resource, s.lifecycle) for s in case.seen])
        for case in log.cases
    ]
    line.send_bytes(json.dumps({"cases": cases, "left_out": log.left_out}).encode())
