"""The store as a Django application: its tables are Django models, so that schema and migrations have one home."""

from django.apps import AppConfig

__all__ = ["StoreConfig"]


class StoreConfig(AppConfig):
    """The truth: imports, versions of the contract's rows, quarantine."""

    name = "accord.store"
    label = "store"
    verbose_name = "Accord's store"
    default_auto_field = "django.db.models.BigAutoField"
