"""The kernel as a Django app; its tables hold company and actor ids without foreign keys, because it knows no floor above."""

import gc

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
        # a set of a thousand rows is many young objects and no cycles: looking for those cost a third of the time of a big file
        gc.freeze()
        gc.set_threshold(100_000, 20, 100)
