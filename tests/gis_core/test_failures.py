"""What the machine does to us is said in words: 503 for requests, never an error 500."""

import errno
import json
import os

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from gis_core.database.failures import in_domain_terms
from gis_core.errors import Busy, NotFound, StorageUnavailable
from gis_core.pages import server_error_page

DISK = {
    errno.ENOSPC: "plein", errno.EDQUOT: "plein", errno.EROFS: "lecture seule", errno.EACCES: "droits manquants",
    errno.EIO: "ne répond pas correctement",
}  # fmt: skip


class Said(Exception):  # noqa: N818
    """What psycopg says: a code of PostgreSQL's."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def of_database(sqlstate: str) -> OperationalError:
    error = OperationalError("said by PostgreSQL")
    error.__cause__ = Said(sqlstate)
    return error


@pytest.mark.parametrize("number", list(DISK))
@pytest.mark.parametrize("accepted", ["text/html", "application/json"])
def test_a_request_is_told_what_is_wrong_with_the_disk(number: int, accepted: str) -> None:
    request = RequestFactory().get("/", headers={"accept": accepted})
    try:
        raise OSError(number, os.strerror(number))
    except OSError:
        answer = server_error_page(request)
    assert answer.status_code == 503
    said = json.loads(answer.content)["detail"] if "json" in accepted else answer.content.decode()
    assert DISK[number] in said


def test_the_disk_of_postgresql_is_a_disk_too() -> None:
    assert isinstance(in_domain_terms(of_database("53100")), StorageUnavailable)


@pytest.mark.parametrize("sqlstate", ["55P03", "40P01"])
def test_who_waited_too_long_may_try_again(sqlstate: str) -> None:
    assert isinstance(in_domain_terms(of_database(sqlstate)), Busy)


def test_the_cause_behind_another_error_counts() -> None:
    error = ValueError("could not be written")
    error.__cause__ = OSError(errno.ENOSPC, "full")
    assert isinstance(in_domain_terms(error), StorageUnavailable)


def test_what_is_known_stays_and_what_nobody_foresaw_is_not_explained() -> None:
    known = NotFound("nothing here")
    assert in_domain_terms(known) is known
    assert in_domain_terms(OSError(errno.ENOENT, "gone")) is None
    assert in_domain_terms(KeyError("x")) is None
