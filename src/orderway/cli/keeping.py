"""The commands that keep an installation: doctor, backup, restore, archive verify."""

import sys
from pathlib import Path

import click

from .starting import ready

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@ready
def doctor() -> None:
    """Say what is there, how it does, and what to do; ends with 1 when something needs attention."""
    from .doctor import examine

    needed = False
    for line in examine():
        needed = needed or bool(line.to_do)
        click.echo(f"{'attention' if line.to_do else 'ok':10} {line.what:12} {line.found}")
        if line.to_do:
            click.echo(f"{'':23} -> {line.to_do}")
    sys.exit(1 if needed else 0)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--unproved", is_flag=True, help="Do not restore it to a scratch database; it counts as not proved.")
@ready
def backup(folder: Path, unproved: bool) -> None:
    """Back up the running system into FOLDER, and prove it by restoring it to a scratch database."""
    from .backup import BackupError, back_up

    try:
        proved = back_up(folder, click.echo, prove=not unproved)
    except BackupError as problem:
        raise click.ClickException(str(problem)) from problem
    colour, words = (
        ("green", "The backup is good: a restore of it was verified.") if proved else ("yellow", "Not proved.")
    )
    click.secho(words, fg=colour)


@click.command()
@click.argument("folder", type=FOLDER)
@ready
def restore(folder: Path) -> None:
    """Restore the backup in FOLDER into this installation, which must be empty, and verify it."""
    from django.core.management import call_command
    from django.db import connections

    from .backup import BackupError
    from .backup import restore as bring_back

    try:
        bring_back(folder, click.echo)
    except BackupError as problem:
        raise click.ClickException(str(problem)) from problem
    connections.close_all()
    call_command("migrate", verbosity=0)
    click.secho("The installation is restored and verified.", fg="green")


@click.group()
def archive() -> None:
    """The audit-proof archive."""


@archive.command()
@click.option("--quick", is_flag=True, help="Do not read the papers' contents, only that they are there.")
@ready
def verify(quick: bool) -> None:
    """Check chain, roots, manifests and papers of every company's archive, and name every fault."""
    sys.exit(0 if archives_are_whole(contents=not quick) else 1)


def archives_are_whole(contents: bool) -> bool:
    """Name every fault in the archive of every company; with `contents` every paper is read."""
    from orderway.kernel.access import system_actor
    from orderway.kernel.running import ask
    from orderway.people.models import Company

    faults = [
        f"{company.name}: {fault.where} {fault.number} {fault.why}"
        for company in Company.objects.order_by("pk")
        for fault in ask("archive.verify", system_actor(company.pk), contents=contents)
    ]
    for fault in faults:
        click.echo(fault)
    click.echo(f"{len(faults)} faults in the archive" if faults else "The archive is whole.")
    return not faults


COMMANDS: tuple[click.Command, ...] = (doctor, backup, restore, archive)
