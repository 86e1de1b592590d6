"""The background tasks of planning applications, where the queue looks for them."""

from permits.importers.job import import_register

__all__ = ["import_register"]
