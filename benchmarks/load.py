"""Clients: one that times each answer, many that count answers, and wrk for what Python cannot ask fast enough."""

import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from gis_core.operations.failure import OperationFailedError

WRK_SCRIPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local next_path = 0
request = function()
  next_path = next_path %% #paths + 1
  return wrk.format("GET", paths[next_path])
end
"""


class RefusedError(Exception):
    """The server answered something else than a tile."""


class Client:
    """One client on one connection, a bare socket: Python's HTTP client takes as long as a small tile."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        said = {"Host": f"127.0.0.1:{port}", **headers}
        self.headers = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def milliseconds(self, path: str) -> float:
        """How long the whole answer takes; raises RefusedError when it is not a tile."""
        begun = time.perf_counter()
        self.socket.sendall(f"GET {path} HTTP/1.1\r\n{self.headers}\r\n".encode())
        status = answer_status(self.socket)
        taken = (time.perf_counter() - begun) * 1000
        if status not in (200, 204):
            raise RefusedError(f"{path}: {status}")
        return taken


def latencies(port: int, paths: Iterable[str], headers: dict[str, str]) -> list[float]:
    """Milliseconds of each answer, asked one after the other on one connection."""
    with Client(port, headers) as client:
        return [client.milliseconds(path) for path in paths]


def answer_status(opened: socket.socket) -> int:
    """Read one whole answer, which tells its length or comes in chunks; its status."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += more(opened)
    head, _gap, body = received.partition(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    left = (int(found[1]) if found else 0) - len(body)
    if b"\r\ntransfer-encoding: chunked" in head.lower():
        while not body.endswith(b"\r\n0\r\n\r\n"):
            body += more(opened)
        return status
    if found is None and status not in (204, 304):
        raise RefusedError("an answer without a length")
    while left > 0:
        left -= len(more(opened))
    return status


def more(opened: socket.socket) -> bytes:
    part = opened.recv(1 << 18)
    if not part:
        raise RefusedError("the server closed the connection")
    return part


def throughput(port: int, paths: Sequence[str], headers: dict[str, str], clients: int = 8) -> float:
    """Answers per second with several clients that share the paths out, each asked once."""
    shares = [paths[rank::clients] for rank in range(clients)]
    failed: list[Exception] = []

    def ask(share: Sequence[str]) -> None:
        try:
            latencies(port, share, headers)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(share,)) for share in shares]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter() - begun
    if failed:
        raise failed[0]
    return len(paths) / taken


def wrk(port: int, paths: Sequence[str], headers: dict[str, str], seconds: int = 5, connections: int = 16) -> float:
    """Answers per second over the same paths again and again, measured by wrk."""
    program = shutil.which("wrk")
    if program is None:
        raise OperationFailedError("wrk manque : lancez ./arpent bench, qui l'installe.")
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "paths.lua")
        listed.write_text("\n".join(paths) + "\n")
        script.write_text(WRK_SCRIPT % listed)
        said = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
        command = [
            program,
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "-s",
            str(script),
            *said,
            f"http://127.0.0.1:{port}",
        ]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise RefusedError(output)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if found is None:
        raise RefusedError(output)
    return float(found[1])
