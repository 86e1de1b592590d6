"""Servers that speak TLS: their certificate is checked against their name, at the address that was checked."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from gis_core.outside import fetching
from gis_core.outside.errors import NoAnswer
from gis_core.outside.fetching import TILE, fetch


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: Any) -> None:
        """A client that does not trust us goes away."""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that http.server calls
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Nothing on the terminal."""


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate that it signs itself, in one file."""
    made = folder / f"{name}.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(made), "-out", f"{made}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    made.write_text(made.read_text() + Path(f"{made}.crt").read_text())
    return made


@pytest.fixture(params=["localhost", "autre.example"])
def secured(request: Any, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """The name that a server of this machine has a certificate for, and its address; our machine trusts it."""
    pem = certificate(tmp_path, request.param)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with Quiet(("127.0.0.1", 0), Handler) as running:
        running.socket = context.wrap_socket(running.socket, server_side=True)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        host = f"localhost:{running.server_address[1]}"
        settings.EXTERNAL_PRIVATE_HOSTS = frozenset({host})
        monkeypatch.setattr(fetching, "hosts", fetching.Hosts())
        monkeypatch.setattr(fetching, "tls_context", lambda: ssl.create_default_context(cafile=f"{pem}.crt"))
        yield request.param, f"https://{host}/"
        running.shutdown()


def test_a_certificate_is_checked_against_the_name_that_was_asked_for(secured: tuple[str, str]) -> None:
    name, url = secured
    if name == "localhost":
        assert fetch(url, TILE, lambda _host: True).body.decode() in url
    else:
        with pytest.raises(NoAnswer):
            fetch(url, TILE, lambda _host: True)


def test_a_certificate_that_nobody_signed_is_not_believed(
    secured: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "tls_context", ssl.create_default_context)
    with pytest.raises(NoAnswer):
        fetch(secured[1], TILE, lambda _host: True)
