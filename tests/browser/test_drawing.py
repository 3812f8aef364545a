"""Somebody who never programmed draws a map: by mouse, by keyboard; publishes it, and two people take an order through it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from installation import ROOT, House
from playwright.sync_api import Locator, Page, expect

from orderway.workflow.roundtrip import compare

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


class Board:
    """The drawing page, as a person uses it; it counts what they do."""

    def __init__(self, page: Page) -> None:
        self.page, self.acts = page, 0
        self.wrong: list[str] = []
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def begin(self, name: str, template: str = "Blank") -> None:
        self.page.goto("/maps")
        self.click(self.page.get_by_role("link", name="New map"))
        self.page.get_by_label("Name", exact=True).fill(name)
        if template != "Blank":
            self.click(self.page.get_by_role("radio", name=template))
        self.click(self.page.get_by_role("button", name="Begin to draw"))
        self.ready()

    def ready(self) -> None:
        self.page.wait_for_selector("[data-island=designer][data-ready]")

    def click(self, what: Locator) -> None:
        what.click()
        self.acts += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.acts += 1

    def words(self, text: str) -> None:
        """Type over what stands where one types, and leave with Enter."""
        name = self.page.get_by_label("Name", exact=True)
        expect(name).to_be_focused()
        self.page.keyboard.type(text)
        self.press("Enter")
        self.acts += 1

    def shape(self, name: str) -> Locator:
        return self.page.locator(".djs-shape").filter(has=self.page.locator(".djs-visual", has_text=name))

    def drawn(self) -> list[tuple[str, str]]:
        """Every step with its kind, in the order of the ways."""
        rows = self.page.locator("[data-steps] button")
        told = [text.split("\n") for text in rows.all_inner_texts()] if rows.first.is_visible() else []
        if told:
            return [(name, kind) for name, kind in told]
        return self.page.evaluate(
            "[...document.querySelectorAll('[data-steps] button')].map(b => [b.firstChild.textContent, b.lastChild.textContent])"
        )

    def tell_mends(self) -> str:
        self.page.wait_for_timeout(700)  # problems are asked for half a second after the last change
        self.page.wait_for_function("document.querySelector('[data-island=designer]').dataset.linted")
        return self.page.evaluate(
            "document.querySelector('[data-problems]').innerText || document.querySelector('[data-problems]').textContent"
        )

    def publish(self, note: str) -> None:
        expect(self.page.locator("[data-problem-count]")).to_have_text("")
        self.click(self.page.get_by_role("link", name="Publish"))
        self.page.get_by_label("What changed and why").fill(note)
        self.click(self.page.get_by_role("button", name="Publish"))
        expect(self.page.get_by_text("Published. New ones go this way")).to_be_visible()


def started(house: House, map: str, order: int = 0, title: str = "") -> None:
    """An administrator's program sends an order, or a matter of this title, through the map."""
    words = [sys.executable, "-m", "orderway.cli", "run", "workflow.start", "--as", "administrator@kessler.example"]
    rows = json.dumps([{"map": map, "subject": order, "title": title}])
    done = subprocess.run(words, input=rows, capture_output=True, text=True, env=house.env, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    house.settle()


def an_order(house: House) -> int:
    return int(str(house.value("select max(id) from sales_order where state = 'confirmed'")))


def at_work(page: Page, step: str) -> Page:
    """Open the work item of a step."""
    page.goto("/work")
    page.locator(".item").filter(has_text=step).first.click()
    expect(page.get_by_role("heading", name=step)).to_be_visible()
    return page


FIVE = [("Start", "Start"), ("Check order", "Work item"), ("Fine?", "Decision"), ("Release order", "Work item"), ("Done", "End"),
        ("Sent back", "End")]  # fmt: skip


def test_five_steps_by_mouse_published_and_run_by_two_people(at_desk: Callable[[str], Page], house: House) -> None:
    board = Board(at_desk("administrator"))
    page = board.page
    board.begin("Check by mouse")
    add = page.get_by_role("complementary", name="Add")
    board.click(add.get_by_role("button", name="Work item"))
    board.words("Check order")
    told(board, role="Manager", due="1", instruction="Is everything there?")
    offer(board, "Fine", "Not fine")
    board.click(board.page.locator(".djs-shape[data-element-id]").filter(has_text="Check order").first)
    board.click(add.get_by_role("button", name="Decision"))
    board.words("Fine?")
    board.click(add.get_by_role("button", name="Work item"))
    board.words("Release order")
    told(board, role="Quality", due="2", instruction="Look at it a second time.")
    board.click(add.get_by_role("button", name="End"))
    board.words("Done")
    # the other way out of the decision is pulled from it with the pointer
    board.click(board.page.locator("[data-canvas] .djs-element").filter(has_text="Fine?").first)
    page.get_by_role("tab", name="All steps").click()
    board.click(page.locator("[data-steps] button").filter(has_text="Fine?"))
    entry = page.locator(".djs-context-pad .entry").nth(3)
    entry.click()
    board.acts += 1
    page.get_by_label("Name", exact=True).fill("Sent back")
    page.get_by_label("Name", exact=True).press("Enter")
    conditions(board)
    assert board.drawn() == sorted_like(board.drawn(), FIVE)
    board.publish("A second look for every order")
    print(f"by mouse: {board.acts} acts")
    assert board.wrong == []
    run_by_two(at_desk, house, "check_by_mouse")


def sorted_like(found: list[Any], wanted: list[tuple[str, str]]) -> list[Any]:
    assert sorted(map(tuple, found)) == sorted(wanted)
    return found


def told(board: Board, role: str, due: str, instruction: str) -> None:
    board.page.get_by_label("Role").select_option(label=role)
    board.page.get_by_label("Due after").fill(due)
    board.page.get_by_label("Instruction", exact=True).fill(instruction)
    board.page.get_by_label("Instruction", exact=True).blur()
    board.acts += 3


def offer(board: Board, *labels: str) -> None:
    for label in labels:
        board.click(board.page.get_by_role("button", name="Decision to offer"))
        board.page.get_by_label("What the button says").last.fill(label)
        board.page.get_by_label("What the button says").last.blur()


def conditions(board: Board) -> None:
    """On the ways out of the decision: one is taken when it is not fine, the other one otherwise."""
    page = board.page
    for target, when in (("Sent back", "Not fine"), ("Release order", "")):
        page.get_by_role("tab", name="All steps").click()
        board.click(page.locator("[data-steps] button").filter(has_text="Fine?"))
        board.click(page.locator("[data-ways] button").filter(has_text=target))
        if when:
            page.get_by_label("What", exact=True).select_option(label="What was decided")
            page.get_by_label("What was decided").select_option(label=when)
        else:
            page.get_by_label("Otherwise: when no other way fits").check()
        board.acts += 2


def run_by_two(at_desk: Callable[[str], Page], house: House, map: str) -> None:
    order = an_order(house)
    started(house, map, order)
    manager = at_work(at_desk("manager"), "Check order")
    expect(manager.get_by_text("Is everything there?")).to_be_visible()
    manager.get_by_role("button", name="Fine A", exact=True).click()
    expect(manager.get_by_text("Check order: Fine.")).to_be_visible()
    house.settle()
    quality = at_work(at_desk("quality"), "Release order")
    quality.locator(".actionbar .btn").last.click()
    expect(quality.get_by_text("Release order: done.")).to_be_visible()  # only then is there something to settle
    house.settle()
    assert ended(house, map, order) == "ended"


def test_the_same_map_by_keyboard_alone(at_desk: Callable[[str], Page], house: House) -> None:
    board = Board(at_desk("administrator"))
    page = board.page
    page.goto("/maps")
    board.press("n")
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Check by keys")
    board.press("Control+Enter")
    board.ready()
    board.press("w")
    board.words("Check order")
    fill_by_keys(board, "Manager", "1", "Is everything there?")
    for label in ("Fine", "Not fine"):
        tab_to(board, page.get_by_role("button", name="Decision to offer"))
        board.press("Enter")
        page.keyboard.type(label)
        board.press("Escape")
        board.press("e")
    board.press("Escape")
    board.press("d")
    board.words("Fine?")
    board.press("w")
    board.words("Release order")
    fill_by_keys(board, "Quality", "2", "Look at it a second time.")
    board.press("Escape")
    board.press("x")
    board.words("Done")
    second_way_by_keys(board)
    assert board.drawn() == sorted_like(board.drawn(), FIVE)
    expect(page.locator("[data-problem-count]")).to_have_text("")
    board.press("Control+s")
    expect(page.locator("#saved")).to_contain_text("Saved")
    tab_to(board, page.get_by_role("link", name="Publish"), "Shift+Tab")
    board.press("Enter")
    page.get_by_label("What changed and why").focus()
    page.keyboard.type("Drawn without a mouse")
    board.press("Control+Enter")
    expect(page.get_by_text("Published. New ones go this way")).to_be_visible()
    print(f"by keyboard: {board.acts} keys")
    assert board.wrong == []
    run_by_two(at_desk, house, "check_by_keys")


def second_way_by_keys(board: Board) -> None:
    """The other way out of the decision, and when each of both is taken."""
    page = board.page
    choose_step(board, "Fine?")
    board.press("Escape", "x")
    board.words("Sent back")
    choose_step(board, "Fine?")
    tab_to(board, page.locator("[data-ways] button").filter(has_text="Sent back"))
    board.press("Enter")
    tab_to(board, page.get_by_label("What", exact=True))
    page.keyboard.type("What was")
    board.press("Tab", "Tab", "Tab")
    page.keyboard.type("Not fine")
    choose_step(board, "Fine?")
    tab_to(board, page.locator("[data-ways] button").filter(has_text="Release order"))
    board.press("Enter")
    tab_to(board, page.get_by_label("Otherwise: when no other way fits"))
    board.press("Space")


def choose_step(board: Board, name: str) -> None:
    """From the list of all steps, by its key and the arrows."""
    board.press("Escape", "3")
    button = board.page.locator("[data-steps] button").filter(has_text=name)
    for _ in range(12):
        if button.evaluate("e => e === document.activeElement"):
            break
        board.press("ArrowDown")
        if not board.page.evaluate("document.activeElement.closest('[data-steps]') !== null"):
            board.press("3")
    if not button.evaluate("e => e === document.activeElement"):
        for _ in range(12):
            board.press("ArrowUp")
            if button.evaluate("e => e === document.activeElement"):
                break
    expect(button).to_be_focused()
    board.press("Enter")
    expect(board.page.get_by_label("Name", exact=True)).to_have_value(name)


def tab_to(board: Board, what: Locator, key: str = "Tab") -> None:
    for _ in range(60):
        if what.evaluate("e => e === document.activeElement"):
            return
        board.press(key)
    raise AssertionError("the keyboard does not lead there")


def ended(house: House, map: str, order: int) -> object:
    found = "select state from process_instance where subject_id = {} and definition_id = (select max(id) from process_definition where key = '{}')"
    return house.value(found.format(order, map))


def fill_by_keys(board: Board, role: str, due: str, instruction: str) -> None:
    page = board.page
    board.press("e")
    tab_to(board, page.get_by_label("Role"))
    page.keyboard.type(role)
    board.press("Tab")
    page.keyboard.type(due)
    tab_to(board, page.get_by_label("Instruction", exact=True))
    page.keyboard.type(instruction)


def test_of_two_who_approve_at_once_one_is_told(at_desk: Callable[..., Page], house: House) -> None:
    board = Board(at_desk("administrator"))
    board.begin("Approve at once", "Absence request")
    board.publish("Two have the same role")
    started(house, "approve_at_once", title="A week in March")
    first, second = (at_work(at_desk("manager"), "Request leave") for _ in range(2))
    for page in (first, second):
        page.get_by_label("First day").fill("2026-03-02")
        page.get_by_label("Last day").fill("2026-03-06")
        page.get_by_label("Kind").select_option(label="Leave")
        page.get_by_label("Deputy").fill("Sabine")
    answers = [page.get_by_role("button", name="Ask for it") for page in (first, second)]
    for answer in answers:
        answer.click(no_wait_after=True)
    answered = [
        page.get_by_text("Request leave: Ask for it.").or_(page.get_by_text("done already")) for page in (first, second)
    ]
    for one in answered:
        expect(one.first).to_be_visible()
    assert sorted(page.get_by_text("done already").count() > 0 for page in (first, second)) == [False, True]
    house.settle()
    done = "select count(*) from work_item where node = 'ask' and state = 'done'"
    assert house.value(done) == 1


def test_what_a_new_version_changes_is_drawn_and_listed(at_desk: Callable[[str], Page]) -> None:
    board = Board(at_desk("administrator"))
    page = board.page
    board.begin("Changed once", "Returns")
    board.publish("As it came")
    page.goto("/maps/changed_once/edit")
    board.ready()
    page.get_by_role("tab", name="All steps").click()
    page.locator("[data-steps] button").filter(has_text="Receive goods").click()
    page.get_by_label("Name", exact=True).fill("Take goods in")
    page.get_by_label("Name", exact=True).press("Enter")
    page.get_by_role("button", name="Work item").click()
    board.words("Thank the customer")
    told(board, role="Manager", due="1", instruction="Say that it arrived.")
    page.wait_for_timeout(1_500)
    board.publish("The customer hears of it")
    page.goto("/maps/changed_once/versions")
    page.wait_for_selector("[data-island=difference][data-ready]")
    differences = page.locator("[data-differences] li")
    expect(differences.get_by_text("new Thank the customer", exact=True)).to_have_class("added")
    expect(differences.get_by_text("changed Take goods in (before: Receive goods)", exact=True)).to_have_class(
        "changed"
    )
    expect(differences.filter(has_text="Take goods in → Thank the customer")).to_have_class("changed")
    assert not [one for one in differences.all_inner_texts() if "Flow_" in one]
    expect(page.get_by_role("row").filter(has_text="The customer hears of it")).to_be_visible()
    assert board.wrong == []


def through_the_page(board: Board, file: Path) -> None:
    """Taken in as a file, drawn, tidied up, undone, saved: what comes out says the same as what went in."""
    page = board.page
    page.goto("/maps/new")
    page.get_by_label("BPMN 2.0 file of another tool").set_input_files(file)
    page.get_by_role("button", name="Take in").click()
    board.ready()
    page.get_by_role("button", name="Tidy up").click()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Save", exact=False).first.click()
    expect(page.locator("#saved")).to_contain_text("Saved")
    address = page.url.replace("/edit", "")
    out = page.request.get(f"{address}/file").body()
    trip = compare(file.read_bytes(), out)
    assert trip.whole, (file.name, trip.lost[:4], trip.added[:4])
    page.goto(f"{address}/discard")
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_text("The draft is thrown away.")).to_be_visible()


@pytest.mark.long
def test_the_references_go_through_the_page_unchanged(at_desk: Callable[[str], Page], cases: Path) -> None:
    board = Board(at_desk("administrator"))
    files = sorted((cases / "d_bpmn" / "miwg-reference").glob("*.bpmn"))
    assert len(files) == 12
    for file in files:
        through_the_page(board, file)
    assert board.wrong == []


SHAPE = (
    '<di:BPMNShape id="{0}_di" bpmnElement="{0}"><dc:Bounds x="{1}" y="100" width="{2}" height="{2}"/></di:BPMNShape>'
)
LOOSE = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="urn:t" id="d">'
    '<process id="loose_ends" isExecutable="true"><startEvent id="s"><outgoing>gone</outgoing><outgoing>f</outgoing></startEvent>'
    '<task id="a" startQuantity="1.5"><incoming>f</incoming><incoming>lost</incoming><ioSpecification id="o"><dataInput id="i"/>'
    '<inputSet id="n"><dataInputRefs>nothing</dataInputRefs></inputSet><outputSet id="u"/></ioSpecification>'
    '<dataInputAssociation id="v"><sourceRef>away</sourceRef><targetRef>i</targetRef></dataInputAssociation>'
    '<standardLoopCharacteristics id="l" loopMaximum="many"/></task><sequenceFlow id="f" sourceRef="s" targetRef="a"/></process>'
    '<di:BPMNDiagram id="g"><di:BPMNPlane id="h" bpmnElement="loose_ends">' + SHAPE.format("s", 100, 36) + SHAPE.format("a", 200, 80)
    + '<di:BPMNEdge id="f_di" bpmnElement="f"><dd:waypoint x="136" y="118"/><dd:waypoint x="200" y="140"/></di:BPMNEdge>'
    "</di:BPMNPlane></di:BPMNDiagram></definitions>"
)  # fmt: skip


def test_what_a_file_says_of_what_is_not_there_goes_through_the_page(
    at_desk: Callable[[str], Page], tmp_path: Path
) -> None:
    board = Board(at_desk("administrator"))
    file = tmp_path / "loose_ends.bpmn"
    file.write_text(LOOSE)
    through_the_page(board, file)
    assert board.wrong == []


def test_the_drawing_page_is_accessible_in_light_dark_and_on_a_phone(at_desk: Callable[..., Page]) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `npm ci` does it")
    board = Board(at_desk("administrator"))
    page = board.page
    for path in ("/maps/trade_order/edit", "/maps/new", "/maps/trade_order/versions", "/maps/trade_order/try"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(path)
            if path.endswith("edit"):
                board.ready()
                page.get_by_role("tab", name="All steps").click()
                page.locator("[data-steps] button").filter(has_text="Settle shortage").click()
            page.evaluate(AXE.read_text())
            found = page.evaluate(
                "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).slice(0, 3).join(' | ')))"
            )
            assert found == [], (path, scheme, found)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/maps/trade_order/edit")
    board.ready()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert board.wrong == []
