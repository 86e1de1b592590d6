"""The platform behind a real socket, inside the test's own transaction: for clients that are programs of their own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connections


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@dataclass
class Served:
    """Where /ogc is served, and what was asked: `GET /ogc/?f=json`."""

    url: str
    asked: list[str] = field(default_factory=list)

    def asked_for(self, method: str, part: str) -> list[str]:
        return [one for one in self.asked if one.startswith(f"{method} ") and part in one]


class SharedServer(WSGIServer):
    """Answers one request after the other, on the test's connection: what it wrote is there, and is undone."""

    shared: Any

    def serve_forever(self, poll_interval: float = 0.05) -> None:
        connections["default"] = self.shared
        super().serve_forever(poll_interval)


def recorded(application: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    def record(environ: dict[str, Any], start_response: Any) -> Any:
        query = environ.get("QUERY_STRING", "")
        asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}{'?' if query else ''}{query}")
        return application(environ, start_response)

    return record


@contextmanager
def connection_kept() -> Iterator[Any]:
    """The test's connection, which requests of another thread may use and do not close."""
    shared = connections["default"]
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    shared.inc_thread_sharing()
    yield shared
    shared.dec_thread_sharing()
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture
def served(db: None, settings: Any) -> Iterator[Served]:
    """The platform at a loopback address, over the data that the test makes."""
    found = Served("")
    server = make_server("127.0.0.1", 0, recorded(get_wsgi_application(), found.asked), SharedServer, Quiet)
    assert isinstance(server, SharedServer)
    settings.ALLOWED_PORTS |= {str(server.server_port)}
    found.url = f"http://127.0.0.1:{server.server_port}/ogc"
    with connection_kept() as server.shared:
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        yield found
        server.shutdown()
        serving.join()
        server.server_close()
