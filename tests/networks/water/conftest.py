"""Prints of networks are made and opened as those of any layer."""

from tests.printing.conftest import print_map  # noqa: F401
