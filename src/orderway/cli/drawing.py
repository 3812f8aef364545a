"""`orderway workflow`: what is wrong with a BPMN file, whether it goes through this product unchanged, and whether a log fits it. No
database is needed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def workflow() -> None:
    """Look at workflow maps in files."""


def _ready() -> None:
    """Register what every package declares; the database, which nothing here asks, is not started."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.settings")
    os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    django.setup()


@workflow.command()
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file: file, runnable, problems.")
def lint(files: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong with the maps in FILES; they may call each other and the shipped maps. Ends with 1 when one cannot run."""
    _ready()
    from orderway.workflow.drawing import among, linted

    maps = _called(files)
    rounds = among(_graphs(files, maps))
    told = [(file, linted(file.read_bytes(), maps, rounds=rounds)) for file in files]
    for file, found in told:
        problems = [problem._asdict() for problem in found.problems]
        if as_json:
            said: dict[str, Any] = {"file": str(file), "runnable": found.runnable, "problems": problems}
            click.echo(json.dumps(said, ensure_ascii=False))
            continue
        click.echo(f"{file.name}: {'can run' if found.runnable else 'cannot run'}, {len(problems)} to mend")
        for problem in found.problems:
            click.echo(f"  {problem.level:8} {problem.name or problem.element}: {problem.why}")
    sys.exit(0 if all(found.runnable for _, found in told) else 1)


def _called(files: tuple[Path, ...]) -> set[str]:
    """The keys of the maps that ship and of those in the files."""
    from importlib import resources

    from orderway.workflow.bpmn import NotBpmn, read_map

    shipped = resources.files("orderway.workflow").joinpath("maps")
    keys = {Path(file.name).stem for file in shipped.iterdir() if file.name.endswith(".bpmn")}
    for file in files:
        try:
            keys |= {process.id for process in read_map(file.read_bytes()) if process.executable}
        except NotBpmn:
            continue  # told when the file is linted
    return keys


def _graphs(files: tuple[Path, ...], maps: set[str]) -> dict[str, Any]:
    """The maps in the files that compile, by key."""
    from orderway.workflow.bpmn import NotBpmn, read_map
    from orderway.workflow.compile import compile_map
    from orderway.workflow.published import known

    found, offers = {}, known(maps)
    for file in files:
        try:
            graph = compile_map(read_map(file.read_bytes()), offers).graph
        except NotBpmn:
            continue  # as above
        if graph is not None:
            found[graph.key] = graph
    return found


@workflow.command()
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON object a file: whole, elements, attributes, shapes, ways with lost and added.",
)
def roundtrip(files: tuple[Path, ...], as_json: bool) -> None:
    """Take FILES in and give them out again, and compare every element, attribute and shape; ends with 1 when one is lost or added.

    The way "kept" is what the server stores and gives out; "drawn" is the reader and writer of the drawing page, taken where Node and
    the built pages' packages are at hand (in a checkout of the sources).
    """
    _ready()
    whole = True
    for file in files:
        said = _travelled(file)
        whole = whole and bool(said["whole"])
        click.echo(json.dumps(said, ensure_ascii=False) if as_json else _line(said))
    sys.exit(0 if whole else 1)


def _travelled(file: Path) -> dict[str, Any]:
    from orderway.workflow.bpmn import NotBpmn
    from orderway.workflow.roundtrip import compare, decoded, given_out

    before = file.read_bytes()
    try:
        text = decoded(before)
        outs = {"kept": given_out(text), "drawn": _drawn(text)}
        trips = {way: compare(before, out) for way, out in outs.items() if out is not None}
    except NotBpmn as error:
        return {"file": str(file), "whole": False, "reason": str(error), "ways": {}}
    first = trips["kept"]
    counted = {"elements": first.elements, "attributes": first.attributes, "shapes": first.shapes}
    ways = {way: {"lost": list(trip.lost), "added": list(trip.added)} for way, trip in trips.items()}
    return {"file": str(file), "whole": all(trip.whole for trip in trips.values()), **counted, "ways": ways}


def _drawn(text: str) -> bytes | None:
    """The file as the drawing page writes it, or None where its packages are not at hand."""
    script = Path(__file__).resolve().parents[1] / "web" / "assets" / "roundtrip.mjs"
    node = shutil.which("node", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    packages = Path(__file__).resolve().parents[3] / "node_modules" / "bpmn-moddle"
    if node is None or not script.exists() or not packages.exists():
        return None
    done = subprocess.run([node, script], input=text.encode(), capture_output=True, check=False, timeout=60)
    if done.returncode:
        raise click.ClickException(done.stderr.decode(errors="replace").strip().splitlines()[-1])
    return done.stdout


def _line(said: dict[str, Any]) -> str:
    if "reason" in said:
        return f"{said['file']}: {said['reason']}"
    counts = f"{said['elements']} elements, {said['attributes']} attributes, {said['shapes']} shapes, {' and '.join(said['ways'])}"
    changes = [
        f"  {way}: {what} {one}"
        for way, told in said["ways"].items()
        for what in ("lost", "added")
        for one in told[what]
    ]
    return "\n".join([f"{said['file']}: {'whole' if said['whole'] else 'not whole'}, {counts}", *changes])


@workflow.command()
@click.argument("drawing", type=FILES)
@click.argument("log", type=FILES)
@click.option("--process", default="", help="The id of the process in DRAWING; else the first that is meant to run.")
@click.option("--case", default="", help="The column of a CSV log that names the case.")
@click.option("--activity", default="", help="The column that names the activity.")
@click.option("--timestamp", default="", help="The column with the time.")
@click.option("--lifecycle", default="", help="The column with the lifecycle.")
@click.option("--resource", default="", help="The column with who did it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object: fitness, fitting, judged, deviations, cases.")
def conform(drawing: Path, log: Path, process: str, as_json: bool, **mapping: str) -> None:
    """Say which cases of the event LOG (XES or CSV) do not fit the map in DRAWING, and what deviates. Ends with 1 when one does not."""
    from orderway.workflow.bpmn import NotBpmn
    from orderway.workflow.mining.apart import read_log_apart
    from orderway.workflow.mining.fit import fit_log
    from orderway.workflow.mining.logs import NotALog
    from orderway.workflow.mining.net import CannotReplay, net_of
    from orderway.workflow.mining.own import process_of

    _ready()
    given = {name: value for name, value in mapping.items() if value}
    try:
        net = net_of(process_of(drawing.read_bytes(), process))
        read = read_log_apart(log.name, log.read_bytes(), given)
    except (NotBpmn, NotALog, CannotReplay) as error:
        raise click.ClickException(str(error)) from None
    found = fit_log(net, read)
    click.echo(json.dumps(_fit_json(found), ensure_ascii=False) if as_json else _fit_lines(found))
    sys.exit(0 if found.fitting == len(found.cases) else 1)


def _fit_json(found: Any) -> dict[str, Any]:
    return {
        "fitness": round(found.fitness, 6),
        "fitting": found.fitting,
        "judged": found.judged,
        "cases": [
            {
                "case": case.case,
                "fitness": round(case.fit.fitness, 6) if case.fit.judged else None,
                "judged": case.fit.judged,
                "deviations": [one._asdict() for one in case.fit.deviations],
            }
            for case in found.cases
        ],
        "deviations": [
            {"kind": kind, "step": step, "cases": count} for (kind, step), count in found.deviations.items()
        ],
    }


def _fit_lines(found: Any) -> str:
    head = f"{found.fitting} of {len(found.cases)} cases fit, fitness {found.fitness:.3f}"
    lines = [f"  {kind:10} {step}: {count} cases" for (kind, step), count in found.deviations.items()]
    unjudged = len(found.cases) - found.judged
    return "\n".join([head, *lines, *([f"  {unjudged} cases were too wild to judge"] if unjudged else [])])
