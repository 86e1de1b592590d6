"""Requests that only read: which they are, and the wall that PostgreSQL is to what would write all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from gis_core.members.rights import only_reads

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def keeps_nothing(path: str) -> bool:
    """Whether the view of this address answers a question that is too long for an address, and writes nothing."""
    try:
        view = resolve(path).func
    except Resolver404:
        return False
    return bool(getattr(getattr(view, "view_class", view), "keeps_nothing", False))


@contextmanager
def reading_alone() -> Iterator[None]:
    """PostgreSQL refuses to write in the transactions that open inside."""
    token = only_reads.set(True)
    try:
        yield
    finally:
        only_reads.reset(token)


def keep_reading_alone(response: HttpResponseBase) -> None:
    """What is still made while it is sent writes nothing either."""
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        parts = response.streaming_content
        assert isinstance(parts, Iterator)
        response.streaming_content = stream_reading(parts)


def stream_reading(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of an answer that is made while it is sent: after the middleware is over."""
    while True:
        with reading_alone():
            part = next(parts, None)
        if part is None:
            return
        yield part
