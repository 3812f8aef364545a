"""Who gets what: sharing stock out among demands. Pure, so that brute force can check it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

Strategy = Literal["rank", "highest"]
NORMAL = 5  # the priority of a demand nobody said anything of; the least is served first
PATIENCE = 14  # days after which a waiting demand goes before all, where the company has said nothing else
LONGEST = 365  # days that a company may let demands wait


class Need(NamedTuple):
    """A demand that still lacks `quantity` of an item, from `warehouse` or (None) from any.

    Needs of one `whole` group get all they lack together, or nothing.
    """

    demand: int
    item: int
    quantity: Decimal
    warehouse: int | None = None
    whole: int | None = None


class Supply(NamedTuple):
    """What a stock level has free, in which warehouse, and the rank of that."""

    level: int
    item: int
    free: Decimal
    warehouse: int
    rank: int


class Share(NamedTuple):
    """So much of a level goes to a demand."""

    demand: int
    level: int
    quantity: Decimal


def share_out(needs: Sequence[Need], supplies: Sequence[Supply], strategy: Strategy = "rank") -> list[Share]:
    """Serve the needs in their order: from the warehouses by rank, or from where most lies first.

    A need takes what there is, even a part, unless it stands in a `whole` group that cannot be served altogether.
    """
    free = {supply.level: supply.free for supply in supplies}
    places: dict[int, list[Supply]] = {}
    for supply in supplies:
        places.setdefault(supply.item, []).append(supply)
    shares: list[Share] = []
    for group in _groups(needs):
        taken = [share for need in group for share in _take(need, places.get(need.item, []), free, strategy)]
        short = sum((need.quantity for need in group), Decimal(0)) > sum((s.quantity for s in taken), Decimal(0))
        if short and group[0].whole is not None:
            for share in taken:
                free[share.level] += share.quantity
        else:
            shares += taken
    return shares


def taken_off(supplies: Sequence[Supply], shares: Sequence[Share]) -> list[Supply]:
    """What is left of the supplies when these shares are gone."""
    gone: dict[int, Decimal] = {}
    for share in shares:
        gone[share.level] = gone.get(share.level, Decimal(0)) + share.quantity
    return [supply._replace(free=supply.free - gone.get(supply.level, Decimal(0))) for supply in supplies]


def _groups(needs: Sequence[Need]) -> list[list[Need]]:
    groups: dict[tuple[bool, int], list[Need]] = {}
    for need in needs:
        groups.setdefault((need.whole is None, need.demand if need.whole is None else need.whole), []).append(need)
    return list(groups.values())


def _take(need: Need, places: Sequence[Supply], free: dict[int, Decimal], strategy: Strategy) -> list[Share]:
    lacking = need.quantity
    order = sorted(places, key=lambda p: (p.rank, p.level) if strategy == "rank" else (-free[p.level], p.level))
    shares = []
    for place in order:
        if need.warehouse not in (None, place.warehouse):
            continue
        quantity = min(lacking, free[place.level])
        if quantity > 0:
            shares.append(Share(need.demand, place.level, quantity))
            free[place.level] -= quantity
            lacking -= quantity
    return shares
