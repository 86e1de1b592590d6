"""A JSON array of objects (an official code list) read as rows without geometry."""

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from .geojson import identifier_of
from .jsontext import JsonText, kind_of
from .rows import Problem, Row, check_properties
from .trouble import Trouble


def rows(open_stream: Callable[[], BinaryIO], limits: dict[str, int]) -> Iterator[Row | Problem]:
    """Objects of the array in order."""
    with open_stream() as stream:
        text = JsonText(stream, max_bytes=limits["file_bytes"], max_value=limits["value_chars"])
        first = text.peek()
        if first != "[":
            raise Trouble("not_an_array") if first else Trouble("empty_file")
        index = 0
        for index, value in enumerate(text.elements(), start=1):
            if index > limits["features"]:
                raise Trouble("too_many_features", limit=limits["features"])
            yield _row(value, index, text)
        text.end()
        if not index:
            raise Trouble("no_features")


def _row(value: Any, index: int, text: JsonText) -> Row | Problem:
    anomalies, identifier = list(text.anomalies), identifier_of({"properties": value})
    text.anomalies.clear()
    try:
        if not isinstance(value, dict):
            raise Trouble("record_not_object", found=kind_of(value))
        if anomalies:
            raise anomalies[0]
        return Row(index, identifier, check_properties(value), None)
    except Trouble as trouble:
        return Problem(index, identifier, trouble.code, trouble.params)
