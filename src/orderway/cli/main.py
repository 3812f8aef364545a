"""`orderway`: everything that is not done on a page."""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from pydantic import SecretStr

from . import keeping, rules
from .drawing import workflow
from .starting import ready as _ready


@click.group()
@click.version_option(package_name="orderway")
def main() -> None:
    """Orderway, the order desk: orders in, goods and invoices out, everything provable."""


for command in keeping.COMMANDS:
    main.add_command(command)
main.add_command(rules.rules)
main.add_command(workflow)


@main.command()
@_ready
def migrate() -> None:
    """Bring the database to this version's tables."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    click.echo("The database is up to date.")


@main.command()
@click.option("--days", default=22, type=click.IntRange(min=1), show_default=True, help="Working days of history.")
@_ready
def demo(days: int) -> None:
    """Fill an empty installation with the demo company; on a filled one it changes nothing."""
    from django.core.management import call_command

    from .demo.filling import fill

    call_command("migrate", verbosity=0)
    for line in fill(days):
        click.echo(line)
    click.echo("orderway serve shows it at http://127.0.0.1:8000")


@main.command()
@click.option("--seed", default=1897, show_default=True, help="The same seed on the same company gives the same day.")
@click.option("--dry", is_flag=True, help="Only say what would happen; everything is taken back.")
@_ready
def day(seed: int, dry: bool) -> None:
    """Simulate the next working day of the demo company, hour by hour, by a virtual clock."""
    from .demo.telling import NoDemo, tell

    try:
        for line in tell(seed, dry):
            click.echo(line)
    except NoDemo as problem:
        raise click.ClickException(str(problem)) from problem


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--web-workers", default=2, show_default=True, help="Processes that serve pages.")
def serve(host: str, port: int, web_workers: int) -> None:
    """Serve the pages and run the workers until Ctrl-C."""
    from .serving import serve as start

    sys.exit(start(host, port, web_workers))


@main.command()
def worker() -> None:
    """Run reactions until stopped."""
    _become_worker("reactions")


@main.command()
@click.option("--queues", default="read,paper,send,clock", show_default=True, help="Which jobs, by comma.")
def jobs(queues: str) -> None:
    """Run the jobs that take long or talk to the outside, until stopped."""
    _become_worker("jobs", queues)


@main.command()
def inlets() -> None:
    """Watch the folder and the mailbox that are set, until stopped."""
    from orderway import settings

    if not (settings.INLET_FOLDER or settings.IMAP_HOST):
        raise click.UsageError("Nothing to watch: set ORDERWAY_INLET_FOLDER or ORDERWAY_IMAP_HOST.")
    _become_worker("inlets")


def _become_worker(*what: str) -> None:
    """This process goes on as the worker: who started it and stops it meets the worker itself."""
    os.execv(sys.executable, [sys.executable, "-m", "orderway.worker", *what])  # noqa: S606


@main.command("capture")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
@click.option("--dry", is_flag=True, help="Only read; nothing is taken in and no database is needed.")
def capture_files(files: tuple[Path, ...], as_json: bool, dry: bool) -> None:
    """Take FILES in as if they had come by mail, and say what is read of them."""
    from .capturing import capture

    work = capture if dry else _ready(capture)
    sys.exit(0 if work(files, dry, as_json, click.echo) else 1)


def _plain(value: Any) -> str:
    """What JSON has no word for; a secret is shown, because nobody can ask for it a second time."""
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


@main.command("run")
@click.argument("command")
@click.argument("rows", type=click.File("r"), default="-")
@click.option("--as", "email", required=True, help="Mail address of the person who acts.")
@click.option("--key", help="Idempotency key: the same key does it once.")
@click.option("--dry", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--partial", is_flag=True, help="Do what can be done, refuse the rest.")
@_ready
def run_command(command: str, rows: Any, email: str, key: str | None, dry: bool, partial: bool) -> None:
    """Run COMMAND on a JSON list of rows (from a file or standard input)."""
    from orderway.kernel.registry import commands
    from orderway.kernel.running import run
    from orderway.people.models import Person
    from orderway.people.queries import actor_of

    if command not in commands:
        raise click.UsageError(f"There is no command {command}. Known: {', '.join(sorted(commands))}")
    person = Person.objects.filter(email=email.lower()).first()
    actor = actor_of(person.pk, person.company_id) if person else None
    if actor is None:
        raise click.UsageError(f"Nobody with the address {email} may act here.")
    parsed, misfits = commands[command].read(json.load(rows))
    answer = {"done": [], "refused": [r.as_json() for r in misfits]}
    if not misfits:
        answer = run(command, actor, parsed, key=key, dry=dry, partial=partial).as_json()
    click.echo(json.dumps(answer, default=_plain, indent=2))
    sys.exit(1 if answer["refused"] and not answer["done"] else 0)


@main.command()
@click.option("--archive", is_flag=True, help="Verify the archives too.")
@_ready
def check(archive: bool) -> None:
    """Rebuild sums and rows from the ledgers and events, and name every difference."""
    from orderway.kernel.checking import differences

    found = differences()
    for line in found:
        click.echo(line)
    click.echo(f"{len(found)} differences" if found else "Everything agrees with its ledgers and events.")
    whole = keeping.archives_are_whole(contents=True) if archive else True
    sys.exit(0 if whole and not found else 1)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Write nothing; name the pages that are not current.")
@_ready
def reference(folder: Path, only_check: bool) -> None:
    """Write the reference of all commands, queries, events and settings into FOLDER."""
    from .reference import differing, write

    found = differing(folder) if only_check else write(folder)
    for name in found:
        click.echo(f"{name} {'is not current' if only_check else 'is written'}")
    sys.exit(1 if only_check and found else 0)


@main.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a figure.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A BPMN file that `workflow` measures, may be given several times; else three maps that ship, picked by chance.",
)
@click.option("--peers", is_flag=True, help="Let `life` be lived by other order systems too, on the same server.")
def bench(names: tuple[str, ...], as_json: bool, maps: tuple[Path, ...], peers: bool) -> None:
    """Measure the product against hand-written limits in the same run; all benches unless NAMES are given."""
    home = Path(__file__).resolve().parents[3]
    if not (home / "bench" / "run.py").exists():
        raise click.UsageError("The benchmarks are in the repository, not in the installed package.")
    sys.path.insert(0, str(home))
    importlib.import_module("bench.run").run(names, as_json, maps, peers)


@main.command()
def where() -> None:
    """Say where this installation keeps its files."""
    from orderway import settings

    for name in ("DATA_DIR", "BLOBS", "CLUSTER_DIR"):
        click.echo(f"{name.lower():12} {Path(getattr(settings, name))}")
