"""What a line of the log says, and what it does not: the request or the job, nobody's data."""

import json
import logging
from typing import Any

import pytest
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError
from django.test import RequestFactory
from django.urls import resolve

from gis_core.jobs.task_process import TaskFailed, fields_of
from gis_core.operations.environment import Place
from gis_core.operations.logs import JsonFormatter, current_task, without_values
from gis_core.operations.proxy import configuration_text
from gis_core.operations.security_journal import under

NAME = "Jeanne Dupont"


def line(
    message: str, *values: Any, logger: str = "arpent", error: BaseException | None = None, **more: Any
) -> dict[str, Any]:
    exception = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(logger, logging.ERROR, "x.py", 1, message, values, exception)
    for name, value in more.items():
        setattr(record, name, value)
    parsed: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return parsed


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:
        return caught


def test_a_line_has_its_request() -> None:
    with under(RequestFactory().get("/")) as here:
        assert line("hello")["request"] == here.request


def test_a_line_has_its_task_and_its_job() -> None:
    class Queued:
        task_name, id, task_kwargs = "import", 12, {"job_id": 7, "to": NAME}

    token = current_task.set(fields_of(Queued()))  # type: ignore[arg-type]
    try:
        said = line("hello")
    finally:
        current_task.reset(token)
    assert (said["task"], said["queued"], said["job"]) == ("import", 12, 7)
    assert NAME not in json.dumps(said)


@pytest.mark.parametrize(
    "error",
    [
        raised(ValueError(NAME)),
        raised(KeyError(NAME)),
        raised(RuntimeError("outer"), ValueError(NAME)),
        raised(IntegrityError(f"Key (name)=({NAME}) already exists.")),
        raised(FileNotFoundError(2, "No such file or directory", f"/data/{NAME}.pdf")),
        raised(SuspiciousOperation(f"?q={NAME}")),
    ],
)
def test_what_an_error_says_is_in_no_line(error: Exception) -> None:
    """Both where it is the reason of a line and where it is one of its values."""
    text = json.dumps([line("failed", error=error), line("failed: %s", error), line("failed: %r", error)])
    assert NAME not in text
    assert type(error).__name__ in text


def test_where_it_was_raised_stays() -> None:
    assert "in raised" in without_values(raised(ValueError(NAME)))
    assert "no attribute 'x'" in without_values(raised(AttributeError("'int' object has no attribute 'x'")))
    assert "line 3" in without_values(raised(TaskFailed("in work, line 3")))


def test_the_queue_says_no_argument_of_a_task() -> None:
    said = line(f"Job account_mail[3](kind='written', to='{NAME}') ended with status: Error", logger="procrastinate.w")
    assert said["message"] == "Job account_mail[3](…) ended with status: Error"


def test_a_refused_address_is_its_route() -> None:
    request = RequestFactory().get("/compte/mot-de-passe/nouveau/3-secret/")
    request.resolver_match = resolve(request.path)
    said = line("%s: %s", "Forbidden", request.path, logger="django.request", request=request)
    assert "secret" not in said["message"]
    assert "mot-de-passe/nouveau" in said["message"]


def test_no_query_and_no_quoted_value() -> None:
    said = line("asked /api/v1/search/?q=dupont", fields={"said": f"ValueError: bad '{NAME}'"})
    assert "dupont" not in said["message"]
    assert NAME not in said["said"]


def test_the_proxy_keeps_no_address(tmp_path: Any) -> None:
    """Searches of names stand in addresses; below `alert` nginx writes those of requests too."""
    text = configuration_text(Place(tmp_path), 8045, tmp_path)
    assert "access_log off;" in text
    assert "error_log stderr alert;" in text
