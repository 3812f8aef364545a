"""Steps of one's own on the palette of the drawing page: what an app beside Orderway calls its commands there, and with which icon."""

from types import MappingProxyType

from .drawn import Label

own_steps: dict[str, tuple[Label, str]] = {}


def on_palette(command: str, label: str, icon: str = "bolt", **languages: str) -> None:
    """Offer a command as a step under a name and an icon: `on_palette("mill.weigh", "Check weight", icon="truck", de="Gewicht prüfen")`.

    The icon is one of those that the drawing page has, a bolt otherwise. Raises ValueError for a command that has a name already.
    """
    if command in own_steps:
        raise ValueError(f"{command} is on the palette already")
    own_steps[command] = (Label(label, MappingProxyType(languages)), icon)
