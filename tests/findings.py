"""What an import found amiss, with its words."""

from typing import Any

from layers.intake.findings import from_json
from layers.intake.models import FileImport


def findings_of(made: FileImport) -> list[dict[str, Any]]:
    """Each finding as it is kept, and its message in the current language."""
    return [one.as_json() | {"message": one.message} for one in from_json(made.findings)]
