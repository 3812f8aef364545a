"""A worker of its own for test_kill_maps: `prepare N` publishes a map and sends N subjects through it, `work` drains for ever."""

# ruff: noqa: E402 - Django is set up before anything of ours is imported
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "workflow"))

import django

django.setup()

from notation import Writer, read_scope
from workflow_trial import SYSTEM, make_table, publish, trials

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.running import run
from orderway.worker import loop
from orderway.workflow.commands.proceed import StartMap, arrive

MAP = """(s) -> <+ f> -> [a] -> ((t: timer PT1S)) -> [b] -> <+ j> -> [p] -> <o g> -[total > 5]-> [g1] -> <o h> -> [z] -> (e)
<+ f> -> ((m: message go)) -> [c | 2 in turn] -> <+ j>
<o g> -[total > 0]-> [g2] -> <o h>
<o g> -/-> <o h>
sub p:
  (s2) -> [d] -> ((u: timer PT3S)) -> (e2)
p @~ timer R2/PT1S -> [x] -> (e3)""".splitlines()


def prepare(many: int) -> None:
    make_table()
    publish(Writer("kill").map("kill", read_scope(MAP)))
    for first in range(0, many, 1_000):
        ids = trials(min(1_000, many - first), total=6)
        run("workflow.start", SYSTEM, [StartMap("kill", id) for id in ids])
        arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", ids, "go")


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(int(sys.argv[2]))
    else:
        loop.work(loop.Stop())
