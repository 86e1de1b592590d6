"""A provider of text messages on this machine, which behaves as badly as it is told; it sends each key once."""

import json
import select
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Provider:
    """`asked` counts the requests by key, `sent` are the messages that would reach a telephone.

    `moods` says of the first requests of each key how they are answered ("late": after the client's patience, "500":
    taken, then an error, "refused", "busy", "unpaid": not taken), and then all is well. `knows_keys` or sends again.
    """

    moods: list[str] = field(default_factory=list)
    knows_keys: bool = True
    late_s: float = 60.0
    asked: Counter[str] = field(default_factory=Counter)
    sent: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def numbers(self) -> Counter[str]:
        """How many messages each number got."""
        return Counter(number for number, _text in self.sent)

    def answer(self, told: dict[str, Any], key: str) -> tuple[int, dict[str, str], float]:
        with self.lock:
            mood = self.moods[self.asked[key]] if self.asked[key] < len(self.moods) else "ok"
            self.asked[key] += 1
            if status := {"refused": 422, "busy": 429, "unpaid": 402}.get(mood):
                return status, {"detail": "not a mobile"} if mood == "refused" else {}, 0
            if not (self.knows_keys and self.asked[key] > 1 and (told["to"], told["text"]) in self.sent):
                self.sent.append((told["to"], told["text"]))
        return (500 if mood == "500" else 201), {"id": f"n{key[:8]}"}, self.late_s if mood == "late" else 0


@contextmanager
def providing(provider: Provider) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.tokens.add(self.headers.get("Authorization", ""))
            status, body, wait = provider.answer(told, self.headers["Idempotency-Key"])
            # Until then, or until whoever asked has lost patience and is gone.
            select.select([self.connection], [], [], wait)
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *what: Any) -> None:
            """Who had no patience is gone."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    provider.url = f"http://127.0.0.1:{server.server_address[1]}/sms"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
