"""A thousand orders of the neighbouring company on one map, which has changed since: run as a program on the installation.

Another program may have a crowd of its own, on a map of another key."""

from decimal import Decimal as D

KEY = "counter_sale"
ORDERS = 1_000
ADMINISTRATOR = "administrator@nachbar.example"


def drawing(step: str, name: str, key: str) -> str:
    """A map of one work item."""
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">'
        f'<process id="{key}" name="Counter sale" isExecutable="true" o:subject="order" o:accountable="manager"><startEvent id="s"/>'
        f'<userTask id="{step}" name="{name}" o:role="manager" o:due="P1D"><extensionElements><o:outcome name="good" label="Good"/>'
        f'</extensionElements></userTask><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="{step}"/>'
        f'<sequenceFlow id="b" sourceRef="{step}" targetRef="e"/></process></definitions>'
    )


def crowd(key: str = KEY, orders: int = ORDERS) -> None:
    """They are placed, started and stand at the step that the second version has no more."""
    from django.contrib.auth.hashers import make_password
    from lived_in import PASSWORD

    from orderway.catalog.models import Item
    from orderway.kernel.access import system_actor
    from orderway.kernel.running import run
    from orderway.orders.commands.place import PlaceLine, PlaceOrder
    from orderway.parties.models import Party
    from orderway.people.commands import SetPassword
    from orderway.people.models import Person
    from orderway.workflow.commands.proceed import StartMap
    from orderway.workflow.commands.publish import PublishMap

    person = Person.objects.get(email=ADMINISTRATOR)
    boss = system_actor(2)
    assert run("people.set_password", boss, [SetPassword(person.pk, make_password(PASSWORD))]).ok
    item = Item.objects.filter(company_id=boss.company_id, kind="service").values_list("pk", flat=True)[0]
    customer = Party.objects.filter(company_id=boss.company_id).values_list("pk", flat=True)[0]
    assert run("workflow.publish", boss, [PublishMap(drawing("look", "Check goods", key))]).ok
    placed = run("orders.place", boss, [PlaceOrder(customer, [PlaceLine(item, D(1))])] * orders)
    assert run("workflow.start", boss, [StartMap(key, id) for id in placed.done]).ok
    assert run("workflow.publish", boss, [PublishMap(drawing("inspect", "Inspect goods", key))]).ok


if __name__ == "__main__":
    import django

    django.setup()
    crowd()
