"""Who asks published tables: packages above say here what a new version of a table would break."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orderway.kernel.context import Reader

from .published import Offered


@dataclass(frozen=True, slots=True)
class Use:
    """Something that asks `table` and could not go on if it gave what is planned: its name, and the names of the places in it."""

    table: str
    name: str
    places: Sequence[str]


Asker = Callable[[Reader, Mapping[str, Offered]], Sequence[Use]]
askers: list[Asker] = []


def asks(asker: Asker) -> Asker:
    """Register who asks tables. It is given what tables are planned to offer, by key, and answers what could not go on, by a constant
    number of statements."""
    askers.append(asker)
    return asker
