"""The reference, written from the program itself: what exists by name, so that no page of it can grow old."""

from collections.abc import Callable, Mapping
from pathlib import Path

from . import command_line, happenings, language, maps, reasons, settings, verbs

PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": verbs.commands_page,
    "queries.md": verbs.queries_page,
    "bpmn.md": maps.page,
    "events-and-reactions.md": happenings.page,
    "reasons.md": reasons.page,
    "rules.md": language.page,
    "settings.md": settings.page,
    "cli.md": command_line.page,
}

__all__ = ["PAGES", "differing", "write"]


def differing(folder: Path) -> list[str]:
    """The pages in `folder` that do not say what the program is now, by file name."""
    return [
        name
        for name, page in PAGES.items()
        if not (folder / name).is_file() or (folder / name).read_text("utf-8") != page()
    ]


def write(folder: Path) -> list[str]:
    """Write every page that differs into `folder` (made when missing); returns their file names."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = differing(folder)
    for name in changed:
        (folder / name).write_text(PAGES[name](), "utf-8")
    return changed
