"""The picture of a map has every step and every way of the published version, the counts of a count of our own, and where an order is."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from crowd import ADMINISTRATOR
from installation import House
from lxml import etree
from playwright.sync_api import BrowserContext, Page, expect
from signing_at_the_door import sign_in

import orderway.workflow

FOLDER = Path(orderway.workflow.__file__).parent
# the empty drawing to begin with is no map yet
SHIPPED = [
    file for part in ("maps", "gallery") for file in sorted((FOLDER / part).glob("*.bpmn")) if file.stem != "blank"
]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
# OMG BPMN 2.0.2 (formal/13-12-09), 10.3 to 10.6: what the tokens of a process pass
NODES = ("Task", "task", "Event", "Gateway", "subProcess", "callActivity", "transaction", "adHocSubProcess")
DRAWN = """kind => [...document.querySelectorAll(`[data-island=map] g.${kind}[data-element-id]`)]
  .filter(e => e.getBoundingClientRect().width || e.getBoundingClientRect().height)
  .map(e => e.dataset.elementId)"""
# every number of the picture with the step it stands at
COUNTED = """() => Object.fromEntries([...document.querySelectorAll('[data-island=map] .djs-overlays')]
  .filter(e => e.querySelector('.here b'))
  .map(e => [e.dataset.containerId, Number(e.querySelector('.here b').textContent)]))"""


def states(xml: str) -> tuple[set[str], set[str]]:
    """The ids of all nodes and of all ways of a file, in whatever process and sub-process they stand."""
    root = etree.fromstring(xml.encode())
    inside = [e for process in root.iter(f"{BPMN}process") for e in process.iter(f"{BPMN}*")]
    nodes = {str(e.get("id")) for e in inside if etree.QName(e).localname.endswith(NODES) and e.get("id")}
    return nodes, {str(e.get("id")) for e in inside if e.tag == f"{BPMN}sequenceFlow"}


def without_drawing(file: bytes) -> str:
    root = etree.fromstring(file)
    for diagram in root.findall(f"{DI}BPMNDiagram"):
        root.remove(diagram)
    return etree.tostring(root, encoding="unicode")


def publish(house: House, folder: Path, files: list[str]) -> None:
    rows = folder / "maps.json"
    rows.write_text(json.dumps([{"xml": file} for file in files]))
    house.call("run", "workflow.publish", str(rows), "--as", ADMINISTRATOR)


def ready(page: Page) -> None:
    page.wait_for_selector("[data-island=map][data-ready]")


@pytest.fixture
def neighbour(context: Callable[..., BrowserContext], house: House, tmp_path: Path) -> Page:
    """The administrator of the neighbouring company, where all shipped maps are published."""
    known = "select password from person where email = 'administrator@kessler.example'"
    house.value(f"update person set password = ({known}) where email = '{ADMINISTRATOR}' returning 1")  # noqa: S608
    publish(house, tmp_path, [file.read_text("utf-8") for file in SHIPPED])
    page = context().new_page()
    sign_in(page, ADMINISTRATOR)
    return page


@pytest.mark.parametrize("drawn", [True, False], ids=["drawn", "not drawn"])
def test_the_picture_of_every_shipped_map_has_all_its_steps_and_ways(
    drawn: bool, neighbour: Page, house: House, tmp_path: Path
) -> None:
    if not drawn:  # as a program writes it that says nothing of places
        publish(house, tmp_path, [without_drawing(file.read_bytes()) for file in SHIPPED])
    missing = {}
    for file in SHIPPED:
        key = str(etree.parse(file).getroot().find(f"{BPMN}process").get("id"))  # type: ignore[union-attr]
        xml = house.value(published(key, 2))
        nodes, ways = states(str(xml))
        assert nodes
        assert ways
        neighbour.goto(f"/maps/{key}")
        ready(neighbour)
        lacking = (
            nodes - set(neighbour.evaluate(DRAWN, "djs-shape")),
            ways - set(neighbour.evaluate(DRAWN, "djs-connection")),
        )
        missing |= {key: lacking} if any(lacking) else {}
    assert missing == {}


def test_the_numbers_of_the_live_map_are_a_count_of_the_orders(at_desk: Callable[[str], Page], house: House) -> None:
    house.settle()
    page = at_desk("manager")
    counted = 0
    for key in ("trade_order", "print_order", "deliver_and_bill"):
        page.goto(f"/maps/{key}")
        ready(page)
        there = {}
        for place in str(house.value(STANDING.format(key=key)) or "").split():
            node, _, many = place.partition("=")
            there[node] = int(many)
        assert page.evaluate(COUNTED) == there, key
        counted += sum(there.values())
    assert counted > 5


def test_the_picture_of_an_order_shows_where_it_is_now(at_desk: Callable[[str], Page], house: House) -> None:
    house.settle()
    page = at_desk("manager")
    for reference in ("OBT-10", "OBT-12", "OBT-14"):
        page.goto(f"/orders?which=all&q={reference}")
        page.locator("[data-row]").filter(has_text=reference).first.locator("a").first.click()
        page.get_by_role("link", name="Map", exact=True).last.click()
        expect(page.locator("[data-island=map]:not([data-ready])")).to_have_count(0)
        shown = page.evaluate(
            "[...document.querySelectorAll('[data-island=map] .djs-element.current')].map(e => e.dataset.elementId)"
        )
        assert sorted(shown) == str(house.value(WHERE.format(reference=reference)) or "").split(), reference


def published(key: str, company: int) -> str:
    return f"""select v.xml from process_version v join process_definition d on d.id = v.definition_id
        where d.company_id = {company} and d.key = '{key}' order by v.number desc limit 1"""  # noqa: S608 - words of this file


# what stands at each step of all versions: one token each, but not those that only listen beside a step or hold a sub-process open
STANDING = """select string_agg(node || '=' || n, ' ') from (
    select t.node, count(*) as n from token t join process_definition d on d.id = t.definition_id
    join process_instance i on i.id = t.instance_id
    where d.company_id = 1 and d.key = '{key}' and i.state = 'running' and t.state <> 'listening' group by t.node) as s"""
WHERE = """select string_agg(t.node, ' ' order by t.node collate "C") from token t join process_instance i on i.id = t.instance_id
    join sales_order o on i.subject_type = 'order' and i.subject_id = o.id
    where o.their_reference = '{reference}' and i.state = 'running' and t.state <> 'listening'"""
