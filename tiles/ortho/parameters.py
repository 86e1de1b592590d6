"""The parameters of WMS and WMTS requests, sound before MapProxy reads them; and refusals in the client's own form."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from mapproxy.exception import OWSExceptionHandler, RequestError, XMLExceptionHandler
from mapproxy.request.wms.exception import WMS111ExceptionHandler, WMS130ExceptionHandler, WMSXMLExceptionHandler
from mapproxy.request.wmts import WMTS100ExceptionHandler

from tiles.ortho.configuration import LARGEST_PX

MOST_PARAMETERS = 60
FARTHEST = 1e9
COLOUR = re.compile(r"(?:0x|#)[0-9a-fA-F]{6}")
STYLES_OF_THEIRS = ("sld", "sld_body")
Answer = tuple[int, Mapping[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Query:
    """A query string with each name once, its values by lower-case name, and what is wrong with it."""

    text: str
    values: Mapping[str, str]
    problem: str = ""

    @property
    def pixels(self) -> float:
        """How large a map is asked for (0 without a size)."""
        return number(self.values.get("width", "0")) * number(self.values.get("height", "0"))


def sound(text: str) -> Query:
    """Read a query string; a name given twice counts the first time."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError:
        return Query("", {}, "There are too many parameters, or they are not UTF-8.")
    parameters: dict[str, tuple[str, str]] = {}
    for name, value in pairs:
        parameters.setdefault(name.lower(), (name, value))
    values = {key: value for key, (_name, value) in parameters.items()}
    return Query(urlencode(list(parameters.values())), values, problem_in(values))


def problem_in(values: Mapping[str, str]) -> str:
    """What MapProxy would stumble over, or draw without measure."""
    if any(name in values for name in STYLES_OF_THEIRS):
        return "Styles of the client (SLD) are not accepted."
    for name in ("width", "height"):
        if name in values and not 1 <= number(values[name]) <= LARGEST_PX:
            return f"{name} must be a number from 1 to {LARGEST_PX}."
    if "bbox" in values and not box(values["bbox"]):
        return "bbox must be four numbers: the smaller two, then the larger two."
    if "bgcolor" in values and not COLOUR.fullmatch(values["bgcolor"]):
        return "bgcolor must look like 0xRRGGBB."
    return ""


def number(text: str) -> float:
    """The finite number, NaN for anything else (which compares to nothing)."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    return value if abs(value) <= FARTHEST else math.nan


def box(text: str) -> bool:
    """Whether these are the corners of a rectangle."""
    corners = [number(part) for part in text.split(",")]
    return len(corners) == 4 and corners[0] < corners[2] and corners[1] < corners[3]


def refuse_query(query: Query, path: str) -> Answer:
    """The problem as an OGC exception: that of the service asked for, in its version."""
    handler = exception_handler(query.values, path)
    code = None if isinstance(handler, WMSXMLExceptionHandler) else "InvalidParameterValue"
    response = handler.render(RequestError(query.problem, code=code, status=400))
    return 400, {"content-type": response.content_type}, response.response.encode()


def exception_handler(values: Mapping[str, str], path: str) -> XMLExceptionHandler:
    service = values.get("service", "").lower()
    if path.startswith("/wmts") or service == "wmts":
        return WMTS100ExceptionHandler()
    if path.startswith("/wms") or service == "wms" or "layers" in values:
        version = values.get("version") or values.get("wmtver") or "1.3.0"
        return WMS111ExceptionHandler() if version < "1.3" else WMS130ExceptionHandler()
    return OWSExceptionHandler()
