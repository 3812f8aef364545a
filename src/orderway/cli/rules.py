"""`orderway rules`: what can be asked of the rules' language without an installation."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click


@click.group()
def rules() -> None:
    """Check the language of rules (DMN and FEEL)."""


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the names of all wrong cases.")
def tck(folder: Path, as_json: bool) -> None:
    """Run the cases of the DMN TCK in FOLDER and below: test files beside the models they are about."""
    found = judged(folder)
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        for name in found["wrong"]:
            click.echo(name)
        click.echo(
            f"{found['passed']} of {found['total']} cases passed; "
            f"{found['non_null_passed']} of {found['non_null_total']} that expect more than null"
        )
    sys.exit(1 if found["wrong"] or not found["total"] else 0)


def judged(folder: Path) -> dict[str, Any]:
    """The count of cases passed, of all, the same of those that expect more than null, and the names of the wrong ones."""
    verdicts = list(_verdicts(folder))
    telling = [one for one in verdicts if not one.is_null]
    return {
        "passed": sum(one.passed for one in verdicts),
        "total": len(verdicts),
        "non_null_passed": sum(one.passed for one in telling),
        "non_null_total": len(telling),
        "wrong": [one.name for one in verdicts if not one.passed],
    }


def _verdicts(folder: Path) -> Iterator[Any]:
    from orderway.dmn import tck
    from orderway.feel.facts import taken

    now = taken(datetime.now(UTC))
    for one in sorted({file.parent for kind in ("*.dmn", "*.xml") for file in folder.rglob(kind)}):
        read = [(file.stem, file.read_bytes()) for file in sorted(one.glob("*.xml"))]
        tests = [(name, content) for name, content in read if tck.is_test(content)]
        if tests:
            models = {file.stem: file.read_bytes() for file in sorted(one.glob("*.dmn"))}
            yield from tck.run_folder(models, tests, now)
