"""The maps that are measured: any BPMN files, with their automatic steps replaced by one that does nothing.

The engine is measured, not the trade. What a drawing of another house leaves open (who does a work item, what runs through the map)
is filled in, so that it runs here at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lxml import etree

from .ground import ROOT

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
OURS = "{https://orderway.org/bpmn/1}"
NOTHING = "bench.nothing"
SUBJECT = "order"
ROLE = "manager"
SHIPPED = ("maps", "gallery")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map as it is published for a bench: its key, its XML, and the keys of the maps it calls."""

    key: str
    xml: str
    calls: frozenset[str]


def shipped() -> list[Path]:
    """The files of all maps that ship."""
    home = ROOT / "src" / "orderway" / "workflow"
    return sorted(file for folder in SHIPPED for file in (home / folder).glob("*.bpmn"))


def some(count: int, chance: Random) -> list[Path]:
    """Maps about orders that ship, picked by chance; a drawing on which nothing but a start and an end stand is none."""
    texts = {file: file.read_text() for file in shipped()}
    about = f'subject="{SUBJECT}"'
    files = [file for file, text in texts.items() if about in text and text.count("<bpmn:sequenceFlow") > 1]
    return chance.sample(files, min(count, len(files)))


def draw(file: Path) -> Drawing:
    """Read a file. Raises ValueError when no process of it can be run."""
    root = etree.fromstring(file.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    processes = list(root.iter(f"{BPMN}process"))
    chosen = [one for one in processes if one.get("isExecutable") in ("true", "1")] or processes[:1]
    if not chosen:
        raise ValueError("there is no process in this file")
    process = chosen[0]
    process.set("isExecutable", "true")
    if not process.get(f"{OURS}subject"):
        process.set(f"{OURS}subject", SUBJECT)
    for task in list(process.iter(f"{BPMN}task", f"{BPMN}scriptTask", f"{BPMN}businessRuleTask")):
        _fill_in(task)
    for task in process.iter(f"{BPMN}serviceTask", f"{BPMN}sendTask"):
        if task.tag.endswith("serviceTask") or task.get(f"{OURS}command"):
            task.set(f"{OURS}command", NOTHING)
    for task in process.iter(f"{BPMN}userTask"):
        if not task.get(f"{OURS}role"):
            task.set(f"{OURS}role", ROLE)
    for argument in list(process.iter(f"{OURS}argument")):
        parent = argument.getparent()
        assert parent is not None
        parent.remove(argument)
    calls = frozenset(called for one in process.iter(f"{BPMN}callActivity") if (called := one.get("calledElement")))
    return Drawing(process.get("id") or "", etree.tostring(root, encoding="unicode"), calls)


def _fill_in(task: etree._Element) -> None:
    """A task of no kind, a script that keeps nothing and a rule task that asks nothing become steps."""
    if task.tag == f"{BPMN}task" or not (
        task.get(f"{OURS}result") or task.get(f"{OURS}decision") or task.get(f"{OURS}command")
    ):
        task.tag = f"{BPMN}serviceTask"
        for script in task.findall(f"{BPMN}script"):
            task.remove(script)


def with_called(chosen: Sequence[Drawing]) -> list[Drawing]:
    """These drawings and every shipped one that they call, at whatever depth."""
    known = {one.key: one for one in (*map(draw, shipped()), *chosen)}
    wanted = {one.key: one for one in chosen}
    asked = list(chosen)
    while asked:
        for key in sorted(asked.pop().calls & known.keys() - wanted.keys()):
            wanted[key] = known[key]
            asked.append(known[key])
    return list(wanted.values())
