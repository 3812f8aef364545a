"""Every event with the commands that record it and the reactions that follow, and the things events are about."""

from collections import defaultdict
from collections.abc import Iterator

from orderway.kernel.registry import Reaction, commands, reactions, subjects

from .found import found
from .verbs import HEAD, anchor, ours

ABOUT = """An event is a fact in the past tense: who did what, when, on whose behalf, because of which other event, with every changed
column before and after. Events are written in the transaction of their command and are never changed. A reaction runs a command later, on
all subjects of an event at once, as the company's own actor. See [the house](../explanation/the-house.md)."""


def page() -> str:
    """The page of events, reactions and subjects."""
    lines = [HEAD.format(title="Events and reactions", about=ABOUT), "## Events", ""]
    lines += ["| event | recorded by | what follows |", "| --- | --- | --- |", *_events(), ""]
    lines += ["## Reactions", "", "| when | runs | on |", "| --- | --- | --- |", *_reactions(), ""]
    lines += ["## Subjects", "", "What events are about, and on whose page they stand.", ""]
    lines += ["| subject | table | with its parts | stands on the page of |", "| --- | --- | --- | --- |", *_subjects()]
    return "\n".join(lines).rstrip() + "\n"


def _known() -> dict[str, Reaction]:
    known = ours(commands)
    return {name: reaction for name, reaction in sorted(reactions.items()) if reaction.command in known}


def _events() -> Iterator[str]:
    recorded: defaultdict[str, list[str]] = defaultdict(list)
    for name, command in ours(commands).items():
        for event in found(command.work).events:
            recorded[event].append(name)
    follows: defaultdict[str, list[str]] = defaultdict(list)
    for reaction in _known().values():
        follows[reaction.event].append(reaction.command)
    for event in sorted(recorded.keys() | follows.keys()):
        yield f"| `{event}` | {_linked(recorded[event])} | {_linked(follows[event])} |"


def _linked(names: list[str]) -> str:
    return ", ".join(f"[{name}](commands.md#{anchor(name)})" for name in sorted(names))


def _reactions() -> Iterator[str]:
    for reaction in _known().values():
        what = "what the subjects belong to" if reaction.of_root else "the subjects"
        yield f"| `{reaction.event}` | {_linked([reaction.command])} | {what} |"


def _subjects() -> Iterator[str]:
    for name, subject in sorted(subjects.items()):
        parts = ", ".join(f"`{part}`" for part in sorted(subject.parts))
        yield f"| {name} | `{subject.table}` | {parts} | {subject.root if subject.root != name else 'its own'} |"
