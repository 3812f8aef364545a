"""Growth cases of the door."""

from datetime import date
from decimal import Decimal as D
from typing import Any

from orderway.capture.commands.read import ReadInput
from orderway.capture.commands.report import DeliveryReport
from orderway.capture.commands.settle import DismissInput, RejectInput, SettleInput
from orderway.capture.commands.stopped import SettledOtherwise
from orderway.capture.commands.take_in import PackedFile, UnpackMail
from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft
from orderway.capture.reasons import remark
from orderway.documents.store import store
from orderway.kernel import desk
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.mail.bounces import Said
from orderway.mail.commands import Inbound, WriteMessage
from orderway.orders.commands.place import PlaceLine, PlaceOrder


def files(shop: Any, n: int) -> list[Inbound]:
    kept = [store().keep(shop.company, f"growth {n} {i}".encode()) for i in range(n)]
    return [Inbound("upload", f"{i}.csv", "text/csv", blob.sha256) for i, blob in enumerate(kept)]


def received(shop: Any, n: int) -> list[int]:
    messages = run("capture.receive", system_actor(shop.company), files(shop, n)).done
    rows = fetch("select id from intake where message_id = any(%(m)s::bigint[]) order by id", {"m": list(messages)})
    return [row.id for row in rows]


def draft(item: str = "PAP-A4-80", customer: str = "Kanzlei Bergmann Roth") -> OrderDraft:
    line = LineDraft("1", item=item, quantity=D(1))
    return OrderDraft("B-1", customer=PartyDraft(customer), ordered_on=date(2026, 1, 5), lines=(line,))


def read(shop: Any, n: int, *drafts: OrderDraft, status: Any = "order") -> list[int]:
    rows = [
        ReadInput(id, status, "csv", () if status == "order" else (remark("test"),), drafts) for id in received(shop, n)
    ]
    return list(run("capture.read", system_actor(shop.company), rows).done)


def stopped(shop: Any, n: int) -> list[int]:
    """What follows from `n` orders stands on the desk as refused."""
    lines = [PlaceLine(shop.items["ENV-DL"], D(1))]
    orders = run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines) for _ in range(n)]).done
    sql = "select id, root_id from event where name = 'order.placed' and root_id = any(%(ids)s::bigint[]) order by id"
    events = fetch(sql, {"ids": list(orders)})
    desk.put(shop.company, "orders.label_parcels", [("wrong-state", one.id, one.root_id, {}) for one in events])
    rows = fetch("select id from desk_exception where subject_id = any(%(ids)s::bigint[])", {"ids": list(orders)})
    return [row.id for row in rows]


def _unpack(shop: Any, n: int) -> list[UnpackMail]:
    ids = received(shop, n)
    kept = [store().keep(shop.company, f"packed {n} {i}".encode()) for i in range(2 * n)]
    packed = [PackedFile(f"{i}.csv", "text/csv", blob.sha256) for i, blob in enumerate(kept)]
    return [UnpackMail(id, "text", packed[2 * i : 2 * i + 2]) for i, id in enumerate(ids)]


def _refs(ids: list[int]) -> list[Ref]:
    return [Ref(id) for id in ids]


def _reports(shop: Any, n: int) -> list[DeliveryReport]:
    """Reports about mails that were sent."""
    letters = [WriteMessage([f"r{i}@growth.example"], "Hello", "Text.") for i in range(n)]
    mails = list(run("mail.write", system_actor(shop.company), letters).done)
    fetch("update message set state = 'sent' where id = any(%(ids)s::bigint[])", {"ids": mails})
    sent = fetch("select external_id from message where id = any(%(ids)s::bigint[]) order by id", {"ids": mails})
    said = [Said("r@growth.example", "failed", "5.1.1", "550 no such mailbox")]
    pairs = zip(received(shop, n), sent, strict=True)
    return [DeliveryReport(id, "It came back.", one.external_id, said) for id, one in pairs]


CASES = {
    "capture.file_report": _reports,
    "capture.receive": files,
    "capture.queue_reading": lambda shop, n: _refs(received(shop, n)),
    "capture.unpack": _unpack,
    "capture.read": lambda shop, n: [ReadInput(id, "order", "csv", (), (draft(), draft())) for id in received(shop, n)],
    "capture.order": lambda shop, n: _refs(read(shop, n, draft())),
    "capture.archive": lambda shop, n: _refs(
        run("capture.order", system_actor(shop.company), _refs(read(shop, n, draft()))).done
    ),
    "capture.settle": lambda shop, n: [
        SettleInput(id, shop.customers["10001"], {1: shop.items["ENV-DL"]})
        for id in read(shop, n, draft(f"?{n}", f"?{n}"))
    ],
    "capture.reread": lambda shop, n: _refs(read(shop, n, status="review")),
    "capture.dismiss": lambda shop, n: [DismissInput(id, "question") for id in received(shop, n)],
    "capture.try_again": lambda shop, n: _refs(stopped(shop, n)),
    "capture.settle_otherwise": lambda shop, n: [SettledOtherwise(id, "by telephone") for id in stopped(shop, n)],
    "capture.reject": lambda shop, n: [RejectInput(id, "not for us") for id in received(shop, n)],
}
