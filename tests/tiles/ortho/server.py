"""The campaign behind a real socket, for clients that are programs of their own."""

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from tests.tiles.conftest import ThinLayer
from tests.tiles.ortho import campaign
from tiles import asking
from tiles.ortho import application


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def address(thin: ThinLayer, db: None, monkeypatch: Any, settings: Any) -> Iterator[str]:
    """A public photo served at a real address; what it takes from the database is read here, in the test's thread."""
    campaign.publish()
    monkeypatch.setattr(asking, "KEPT_SECONDS", 3600.0)
    viewer = asking.who_asks({})
    assert viewer is not None
    application.serving.at_least(viewer.edition)
    server = make_server("127.0.0.1", 0, thin.application, Server, Quiet)
    settings.ALLOWED_PORTS |= {str(server.server_port)}
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}/ortho"
    server.shutdown()
    serving.join()
    server.server_close()
