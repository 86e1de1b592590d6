"""How a filter is refused: as bad input, in words, under its parameter's name."""

from gis_core.errors import Invalid


def refusal(message: str, **values: object) -> Invalid:
    """The error to raise; `message` is translated and may hold %(names)s of `values`."""
    return Invalid(message % values, parameter="filter")
