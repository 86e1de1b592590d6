"""Structured logs: one JSON object a line, with the request or the job under which it was written.

No line holds personal data: messages are texts of the code, values are numbers and names of tables or tasks. What an
exception says may hold anything (a row, an address): `without_values` leaves its class and where it was raised.
"""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

from gis_core.operations.quotes import hide_quotes
from gis_core.operations.security_journal import circumstances

current_task: ContextVar[dict[str, object] | None] = ContextVar("arpent_current_task", default=None)
"""The task of the queue that runs here: `task`, its number in the queue, and that of the job people watch."""
# An address with a query, or a path: what was searched, or the secret of a link, stands in it.
QUERY = re.compile(r"\?[^\s\"'<>]+")


# What a mistake in the code says holds names of the code.
OF_CODE = (AttributeError, ImportError, NameError, NotImplementedError, TypeError)
ARGUMENTS = re.compile(r"\(.*\)", re.S)
OF_DJANGO, OF_QUEUE = "django.", "procrastinate"


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            **({"request": here.request} if (here := circumstances()) else {}),
            **(current_task.get() or {}),
            **{name: hide_value(value) for name, value in getattr(record, "fields", {}).items()},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = without_values(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def message_of(record: logging.LogRecord) -> str:
    """The text of a message: of exceptions the class, of addresses no query, of a refused request its route.

    The queue says a task with its arguments, of which a mail's are an address and a text.
    """
    values = record.args
    if isinstance(values, tuple):
        route = route_of(record) if record.name.startswith(OF_DJANGO) else None
        values = tuple(value_of(value, route) for value in values)
    try:
        text = str(record.msg) % values if values else str(record.msg)
    except (TypeError, ValueError):
        text = str(record.msg)
    if record.name.startswith(OF_QUEUE):
        text = ARGUMENTS.sub("(…)", text)
    return QUERY.sub("?…", text)


def value_of(value: object, route: str | None) -> object:
    if isinstance(value, BaseException):
        return describe(value)
    return route if route is not None and isinstance(value, str) and value.startswith("/") else value


def route_of(record: logging.LogRecord) -> str | None:
    """What Django refuses is said with its address, which may hold the key of a link: the route stands for it."""
    request = getattr(record, "request", None)
    if request is None:
        return None
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "/…"


def hide_value(value: object) -> object:
    return hide_quotes(value) if isinstance(value, str) else value


def describe(error: BaseException) -> str:
    """The class of an exception, with what holds no value: PostgreSQL's code and constraint, the system's reason."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, OF_CODE):
        return f"{name}: {error}"
    if text := getattr(error, "without_values", ""):
        return f"{name}: {text}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    cause = error if hasattr(error, "sqlstate") else error.__cause__
    if state := getattr(cause, "sqlstate", None):
        constraint = getattr(getattr(cause, "diag", None), "constraint_name", None)
        return f"{name} ({state}{f', {constraint}' if constraint else ''})"
    return name


def without_values(error: BaseException) -> str:
    """Where an exception was raised and its class, and the same of those that it came from: never what it says."""
    blocks: list[str] = []
    seen: set[int] = set()
    step: BaseException | None = error
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        frames = traceback.format_list(traceback.extract_tb(step.__traceback__))
        blocks.append("".join(frames) + describe(step))
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\n".join(reversed(blocks))
