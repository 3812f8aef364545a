"""The kernel as a Django app; its tables hold company and actor ids without foreign keys, because it knows no floor above."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    name = "orderway.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what every package declares; nothing is imported by hand anywhere."""
        from . import undoing  # noqa: F401, PLC0415 - the kernel's only command

        autodiscover_modules("commands", "queries", "reactions", "checks", "printing", "facts")
