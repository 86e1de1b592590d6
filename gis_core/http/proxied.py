"""What stands between the server and Django: the address of whoever asks, and bodies whole before any view begins."""

import os
from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

BEHIND_PROXY = "ARPENT_BEHIND_PROXY"
PEER_ADDRESS = "HTTP_X_PEER_ADDRESS"
IN_MEMORY = 1 << 20
BLOCK = 1 << 18


def wrap_application(application: Application) -> Application:
    """The application as its server reaches it: through our proxy (`gis_core.operations.proxy`), or directly."""
    return from_the_proxy(application) if os.environ.get(BEHIND_PROXY) == "1" else with_whole_bodies(application)


def from_the_proxy(application: Application) -> Application:
    """Take the peer's address from the proxy, which alone reaches our socket and sets it in every request."""

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        environ["REMOTE_ADDR"] = environ.pop(PEER_ADDRESS, "")
        return application(environ, start_response)

    return answer


def with_whole_bodies(application: Application) -> Application:
    """Read the body before the application is asked: no transaction is open while it arrives."""

    def answer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() or not int(length):
            return application(environ, start_response)
        with whole(environ["wsgi.input"], int(length)) as body:
            environ["wsgi.input"] = body
            return application(environ, start_response)

    return answer


def whole(arriving: Any, length: int) -> SpooledTemporaryFile[bytes]:
    """A file of the body's bytes, at its beginning; shorter than announced when the sender left."""
    body = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by the caller
    while length and (block := arriving.read(min(length, BLOCK))):
        body.write(block)
        length -= len(block)
    body.seek(0)
    return body
