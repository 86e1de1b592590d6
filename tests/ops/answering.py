"""A small application for the tests of the proxy: it takes Arpent's place behind the socket."""

import json
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gis_core.http.proxied import wrap_application

LARGE = 20_000_000


def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    match environ["PATH_INFO"]:
        case "/large":
            start_response("200 OK", [("Content-Length", str(LARGE))])
            return [b"x" * LARGE]
        case "/block":
            waited_for = Path(environ["HTTP_X_WHILE_THERE_IS"])
            waited_for.with_name(str(threading.get_ident())).touch()
            while waited_for.exists():
                time.sleep(0.05)
    seen = {name: environ.get(name) for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR", "HTTP_HOST")}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    content = json.dumps(seen | {"received": len(body)}).encode()
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(content)))])
    return [content]


application = wrap_application(answer)
