"""nginx as `serve` and `demo` start it, in front of a server with two threads."""

import http.client
import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path

import pytest

from gis_core.operations import proxy
from gis_core.operations.processes import wait_until
from gis_core.operations.services import Group, answers
from tests.ops.answering import LARGE
from tests.ops.conftest import temporary_place

PROMPT_S = 1.0
HEAD = b"POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with temporary_place() as place, pytest.MonkeyPatch.context() as patch:
        for name in ("HEADER_SECONDS", "BODY_SECONDS"):
            patch.setattr(proxy, name, 3)
        # One process: two of them take requests as they come, and tests would not know which is free.
        patch.setattr("gis_core.operations.services.WEB_PROCESSES", 1)
        patch.setattr("gis_core.operations.services.THREADS", 2)
        place.socket_directory().mkdir(exist_ok=True)
        port, group = free_port(), Group("proxy-test")
        server, front = proxy.site(place, port, logs=True)
        try:
            group.start(replace(server, command=[*server.command[:-1], "tests.ops.answering:application"]))
            group.start(front)
            assert wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), 60)
            yield port
            assert "GET" not in (place.logs / "proxy.log").read_text()
        finally:
            group.stop()
            shutil.rmtree(place.socket_directory(), ignore_errors=True)


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def opened(port: int, sent: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.sendall(sent)
    return made


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


def ask(port: int, method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> Answer:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=80)) as connection:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        got = connection.getresponse()
        return Answer(got.status, got.headers, got.read())


def get(port: int, path: str, **headers: str) -> Answer:
    return ask(port, "GET", path, headers)


def is_prompt(port: int, seconds: float = 2.0) -> bool:
    """Whether pages and health answer in under a second, for some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/health/live", "/page"):
            begun = time.monotonic()
            if get(port, path).status != 200 or time.monotonic() - begun > PROMPT_S:
                return False
    return True


def drip(sockets: list[socket.socket], ended: threading.Event) -> None:
    """A byte a second on each."""
    while not ended.wait(1):
        for one in sockets:
            with suppress(OSError):
                one.sendall(b"a")


@pytest.mark.parametrize("count", [10, 100])
def test_a_byte_a_second_of_a_body_stops_nobody_and_is_cut_off_in_words(port: int, count: int) -> None:
    sockets = [opened(port, HEAD + b"Content-Length: 999999\r\n\r\na") for _n in range(count)]
    ended = threading.Event()
    threading.Thread(target=drip, args=(sockets, ended), daemon=True).start()
    try:
        assert is_prompt(port)
        said = sockets[0].recv(2000)
    finally:
        ended.set()
    assert said.split()[1] == b"408"
    assert "trop lent" in said.decode()
    for one in sockets:
        one.close()


def test_one_address_sends_so_many_large_bodies_at_once(port: int) -> None:
    with ExitStack() as stack:
        sent = HEAD + b"Content-Length: 2000000\r\n\r\na"
        sockets = [stack.enter_context(opened(port, sent)) for _n in range(20)]
        said = sorted(one.recv(2000).split()[1] for one in sockets)
    assert said == [b"408"] * 16 + [b"429"] * 4


def test_a_body_that_stalls_is_cut_off(port: int) -> None:
    with opened(port, HEAD + b"Content-Length: 1000\r\n\r\na") as stalled:
        begun = time.monotonic()
        assert stalled.recv(2000).split()[1] == b"408"
        assert 2 < time.monotonic() - begun < 8


def test_an_honest_slow_body_arrives(port: int) -> None:
    body = b"x" * 60_000
    with opened(port, HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode()) as slow:
        for start in range(0, len(body), 10_000):
            slow.sendall(body[start : start + 10_000])
            time.sleep(1)
        assert b'"received": 60000' in slow.recv(2000)


def test_a_large_body_arrives_whole(port: int) -> None:
    body = b"x" * 2_500_000
    assert json.loads(ask(port, "POST", "/form", {}, body).body)["received"] == len(body)


def test_slow_headers_and_idle_connections_stop_nobody_and_are_closed(port: int) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(opened(port)) for _n in range(500)]
        slow = [stack.enter_context(opened(port, b"GET / HTTP/1.1\r\nHost: l")) for _n in range(100)]
        assert is_prompt(port)
        for one in (slow[0], idle[0]):
            begun = time.monotonic()
            with suppress(ConnectionResetError):
                assert one.recv(100) == b""
            assert time.monotonic() - begun < 8


def test_slow_readers_of_large_answers_hold_no_thread(port: int) -> None:
    with ExitStack() as stack:
        request = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"
        readers = [stack.enter_context(opened(port, request)) for _n in range(12)]
        for one in readers:
            assert one.recv(10)
        assert is_prompt(port)
    assert len(get(port, "/large").body) == LARGE


def test_health_answers_while_all_threads_are_taken(port: int, tmp_path: Path) -> None:
    goes_on = tmp_path / "goes on"
    goes_on.touch()
    with ThreadPoolExecutor(4) as pool:
        try:
            blocked = [pool.submit(get, port, "/block", X_While_There_Is=str(goes_on)) for _n in range(4)]
            assert wait_until(lambda: len(list(tmp_path.iterdir())) == 3, 30), "each of two threads says so in a file"
            live = get(port, "/health/live")
            assert (live.status, json.loads(live.body)) == (200, {"status": "live", "busy": True})
            ready = get(port, "/health/ready")
            assert (ready.status, ready.headers["Content-Type"]) == (503, "application/problem+json")
            assert not any(one.done() for one in blocked)
        finally:
            goes_on.unlink()
        assert {one.result().status for one in blocked} == {200}


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"Content-Length: 4000000\r\n\r\n", b"413"),
        (b"Cookie: arpent_session=x\r\nContent-Length: 4000000000\r\n\r\n", b"413"),
    ],
)
def test_what_is_refused_before_it_arrives(port: int, head: bytes, status: bytes) -> None:
    with opened(port, HEAD + head) as refused:
        assert refused.recv(2000).split()[1] == status


def test_the_address_is_the_peer_s_whatever_is_claimed(port: int) -> None:
    claimed = get(port, "/", X_Peer_Address="192.0.2.1", X_Forwarded_For="192.0.2.2", Host="sig.example.fr:81")
    assert json.loads(claimed.body) == {
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_X_FORWARDED_FOR": "192.0.2.2",
        "HTTP_HOST": "sig.example.fr:81",
        "received": 0,
    }


def test_a_server_that_is_gone_is_told_in_words() -> None:
    with temporary_place() as place:
        group, port = Group("proxy-alone"), free_port()
        try:
            group.start(proxy.proxy(place, port, place.logs / "proxy.log"))
            assert wait_until(lambda: reachable(port), 60)
            begun = time.monotonic()
            page, program = get(port, "/permis/", Accept="text/html"), get(port, "/api/v1/layers/", Accept="text/html")
            live = get(port, "/health/live")
            assert time.monotonic() - begun < 2
            assert [one.status for one in (page, program, live)] == [503, 503, 503]
            assert page.headers["Retry-After"] == program.headers["Retry-After"] == "5"
            assert "Le site ne peut pas répondre" in page.body.decode()
            assert json.loads(program.body)["status"] == 503
        finally:
            group.stop()
        assert "GET" not in (place.logs / "proxy.log").read_text()


def reachable(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
