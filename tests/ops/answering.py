"""A small application for the tests of the proxy: it takes Arpent's place behind the socket."""

import json
import time
from collections.abc import Iterable
from typing import Any

from gis_core.http.proxied import wrap_application

LARGE = 20_000_000


def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    match environ["PATH_INFO"]:
        case "/large":
            start_response("200 OK", [("Content-Length", str(LARGE))])
            return [b"x" * LARGE]
        case "/block":
            time.sleep(4)
    seen = {name: environ.get(name) for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_HOST")}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    content = json.dumps(seen | {"received": len(body)}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


application = wrap_application(answer)
