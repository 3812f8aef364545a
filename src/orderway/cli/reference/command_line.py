"""The command line as its own help says it."""

from collections.abc import Iterator

import click

from .verbs import HEAD

ABOUT = """`orderway` does everything that is not done on a page. What it keeps and where is set by [environment variables](settings.md)."""
WIDTH = 100


def page() -> str:
    """The page of the command line."""
    from orderway.cli.main import main

    lines = [HEAD.format(title="The command line", about=ABOUT)]
    for path, command in _all(main, "orderway"):
        context = click.Context(command, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH)
        lines += [f"## {path}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _all(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _all(command.commands[name], f"{path} {name}")
