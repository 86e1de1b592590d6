"""A server that is not ours, on this machine: it answers by what a test gave it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from gis_core.models import Member
from gis_core.outside import fetching
from layers.external.models import AllowedHost, ExternalLayer
from tests import factories

Answer = tuple[int, dict[str, str], bytes]


def png(colour: str = "#0b5c6b", side: int = 4) -> bytes:
    made = BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "PNG")
    return made.getvalue()


@dataclass
class Server:
    """`answers` gives the answer to a path (without its query); what was asked is in `asked`."""

    port: int
    answers: dict[str, Answer | Callable[[Any], None]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}{path}"

    def gives(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, {"Content-Type": "image/png", **named}, body)
        return self.url(path)

    def sends_to(self, path: str, place: str, status: int = 302) -> str:
        self.answers[path] = (status, {"Location": place}, b"")
        return self.url(path)


@pytest.fixture(scope="session")
def listening() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server calls
            path = self.path.partition("?")[0]
            server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            answer = server.answers.get(path, (404, {}, b""))
            if callable(answer):
                return answer(self)
            status, headers, body = answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return None

        def log_message(self, *_arguments: Any) -> None:
            """Nothing on the terminal."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET

        def handle_error(self, *_arguments: Any) -> None:
            """A client that goes away is what some tests want."""

    with Quiet(("127.0.0.1", 0), Handler) as running:
        server = Server(running.server_address[1])
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield server
        running.shutdown()


@pytest.fixture
def server(listening: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, whose place on this machine the settings allow."""
    listening.answers.clear()
    listening.asked.clear()
    settings.EXTERNAL_PRIVATE_HOSTS = frozenset({listening.host})
    monkeypatch.setattr(fetching, "hosts", fetching.Hosts())
    return listening


@pytest.fixture
def allowed(server: Server, db: None) -> AllowedHost:
    return allow(server.host)


def allow(host: str) -> AllowedHost:
    with factories.as_owner():
        return AllowedHost.objects.create(host=host)


def external(server: Server, owner: Member | None = None, **fields: Any) -> ExternalLayer:
    """An XYZ layer of the server unless told otherwise."""
    from layers.catalogue.models import Theme

    defaults: dict[str, Any] = {
        "slug": "ortho-ailleurs",
        "title": "Ortho d’ailleurs",
        "attribution": "© Ailleurs",
        "visibility": "owner" if owner else "public",
        "kind": "xyz",
        "service": server.url("/{z}/{x}/{y}.png"),
        "url": server.url("/{z}/{x}/{y}.png"),
    }
    with factories.as_owner():
        theme, _made = Theme.objects.get_or_create(slug="essai", defaults={"title": "Essai"})
        return ExternalLayer.objects.create(theme=theme, owner=owner, **defaults | fields)


def dripping(seconds: float, ended: list[bool]) -> Callable[[Any], None]:
    """An answer that comes a byte at a time; `ended` tells when it was sent to its end."""

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "image/png")
        handler.end_headers()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)
        ended.append(True)

    return answer
