"""Fetching from other servers: only from those on the list, only from the open internet, within limits."""

import socket
import time
from typing import Any

import pytest

from gis_core.errors import Busy
from gis_core.outside import addresses, fetching
from gis_core.outside.addresses import is_public, target_of
from gis_core.outside.errors import NoAnswer, NotAllowed
from gis_core.outside.fetching import TILE, Limits, fetch
from tests.external.conftest import Server, dripping, png

ANYWHERE = Limits(seconds=5, bytes=1_000_000)


def everything(_host: str) -> bool:
    return True


def test_an_answer_is_fetched_without_a_trace_of_who_asks(server: Server) -> None:
    url = server.gives("/a.png", png())
    answer = fetch(url, TILE, everything, {"Accept": "image/*"})
    assert (answer.status, answer.media_type, answer.body) == (200, "image/png", png())
    ((_path, headers),) = server.asked
    assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert headers["host"] == server.host


def test_a_server_that_is_not_on_the_list_is_not_asked(server: Server) -> None:
    with pytest.raises(NotAllowed, match="liste"):
        fetch(server.gives("/a.png"), TILE, lambda host: host == "data.geopf.fr")
    assert server.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "http:///a",
        "http://",
        "https://user:secret@example.org/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org/\r\nHost: a",
        "http://[::1",
        "http://a_b.example/",
        "//example.org/",
        "javascript:alert(1)",
        "http://" + "a" * 3_000,
        "gopher://127.0.0.1:25/",
    ],
)
def test_what_is_no_plain_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        target_of(url)


PRIVATE = [
    "http://127.0.0.1:{port}/a.png",
    "http://localhost:{port}/a.png",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]:{port}/a.png",
    "http://[::ffff:127.0.0.1]:{port}/a.png",
    "http://2130706433:{port}/a.png",
    "http://0x7f000001:{port}/a.png",
    "http://0177.0.0.1:{port}/a.png",
    "http://127.1:{port}/a.png",
    "http://0.0.0.0:{port}/a.png",
    "http://10.0.0.1/a.png",
    "http://192.168.1.1/a.png",
    "http://100.64.0.1/a.png",
    "http://224.0.0.1/a.png",
    "http://[fe80::1]/a.png",
    "http://[fd00::1]/a.png",
    "http://[64:ff9b::7f00:1]/a.png",
    "http://[2002:7f00:1::]/a.png",
]


@pytest.mark.parametrize("url", PRIVATE)
def test_private_addresses_are_never_asked_however_they_are_written(server: Server, settings: Any, url: str) -> None:
    settings.EXTERNAL_PRIVATE_HOSTS = frozenset()
    server.gives("/a.png", png())
    with pytest.raises((NotAllowed, NoAnswer)):
        fetch(url.format(port=server.port), ANYWHERE, everything)
    assert server.asked == []


@pytest.mark.parametrize("place", PRIVATE)
def test_a_redirection_is_checked_like_the_first_address(server: Server, place: str) -> None:
    place = place.format(port=server.port).replace("localhost", "127.0.0.1")
    server.gives("/a.png", png())
    url = server.sends_to("/go", place)
    with pytest.raises((NotAllowed, NoAnswer)):
        fetch(url, ANYWHERE, everything)
    assert [path for path, _headers in server.asked] == ["/go"]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://example.org/", "http://user:a@example.org/"])
def test_a_redirection_leads_to_the_web_only(server: Server, place: str) -> None:
    with pytest.raises(NotAllowed):
        fetch(server.sends_to("/go", place), ANYWHERE, everything)


def test_a_redirection_to_a_server_that_is_not_on_the_list_is_not_followed(server: Server) -> None:
    url = server.sends_to("/go", "https://example.org/a.png")
    with pytest.raises(NotAllowed, match=r"example\.org"):
        fetch(url, ANYWHERE, lambda host: host == server.host)


def test_a_redirection_on_the_same_server_is_followed(server: Server) -> None:
    server.gives("/b.png", png())
    answer = fetch(server.sends_to("/a.png", "b.png", status=308), TILE, everything)
    assert (answer.status, answer.url) == (200, server.url("/b.png"))


def test_endless_redirections_end(server: Server) -> None:
    with pytest.raises(NoAnswer, match="envoie"):
        fetch(server.sends_to("/a", "/a"), ANYWHERE, everything)
    assert len(server.asked) == fetching.MOST_REDIRECTIONS + 1


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that first leads to the open internet, then to this machine, gets a connection to the former alone."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    resolved: list[str] = []
    connected: list[Any] = []

    def getaddrinfo(host: str, port: int, *_arguments: Any, **_options: Any) -> list[Any]:
        resolved.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers[len(resolved) - 1]]

    def create_connection(address: tuple[str, int], *_arguments: Any, **_options: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(addresses.socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(fetching.socket, "create_connection", create_connection)
    with pytest.raises(NoAnswer):
        fetch("http://rebinding.example/a.png", ANYWHERE, everything)
    assert resolved == ["rebinding.example"]
    assert connected == [("93.184.215.14", 80)]


def test_a_name_that_leads_to_a_private_address_beside_an_open_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.215.14", "10.0.0.1")]
    monkeypatch.setattr(addresses.socket, "getaddrinfo", lambda *_arguments, **_options: found)
    with pytest.raises(NotAllowed, match="réseau privé"):
        fetch("http://both.example/a.png", ANYWHERE, everything)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2a01:e0a::1", True),
        ("::ffff:8.8.8.8", False),
        ("fe80::1%e0", False),
        ("2001:0:1::1", False),
    ],
)
def test_an_address_is_public_or_not(address: str, public: bool) -> None:
    assert is_public(address) == public


LONG_S = 30


def test_a_server_that_sends_a_byte_at_a_time_is_cut_off(server: Server) -> None:
    ended: list[bool] = []
    server.answers["/slow"] = dripping(LONG_S, ended)
    with pytest.raises(NoAnswer):
        fetch(server.url("/slow"), Limits(seconds=0.6, bytes=1_000_000), everything)
    assert not ended, "the server came to its end first"


def test_a_server_that_never_ends_its_headers_is_cut_off(server: Server) -> None:
    ended: list[bool] = []

    def answer(handler: Any) -> None:
        ends = time.monotonic() + LONG_S
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while time.monotonic() < ends:
            handler.wfile.write(b"X-A: b\r\n")
            handler.wfile.flush()
            time.sleep(0.1)
        ended.append(True)

    server.answers["/slow"] = answer
    with pytest.raises(NoAnswer):
        fetch(server.url("/slow"), Limits(seconds=0.6, bytes=1_000_000), everything)
    assert not ended, "the server came to its end first"


def test_a_body_that_is_too_large_is_cut_off(server: Server) -> None:
    url = server.gives("/big", b"x" * 2_000_000)
    with pytest.raises(NoAnswer, match="plus de 1 Mo"):
        fetch(url, Limits(seconds=5, bytes=1_000_000), everything)


def test_a_packed_body_is_not_unpacked(server: Server) -> None:
    import gzip

    packed = gzip.compress(b"x" * 5_000_000)
    answer = fetch(server.gives("/bomb", packed, Content_Encoding="gzip"), Limits(5, 100_000), everything)
    assert answer.body == packed


def test_a_server_that_fails_again_and_again_is_left_alone_for_a_while(server: Server) -> None:
    server.answers["/gone"] = lambda handler: handler.connection.close()
    for _time in range(fetching.RESTED_AFTER):
        with pytest.raises(NoAnswer):
            fetch(server.url("/gone"), ANYWHERE, everything)
    asked = len(server.asked)
    with pytest.raises(NoAnswer, match="dans un moment"):
        fetch(server.url("/gone"), ANYWHERE, everything)
    assert len(server.asked) == asked


def test_only_a_few_requests_are_under_way_at_once(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "WAIT_SECONDS", 0.01)
    taken = 0
    while fetching.IMAGES.free.acquire(blocking=False):
        taken += 1
    try:
        with pytest.raises(Busy):
            fetch(server.gives("/a.png"), TILE, everything)
    finally:
        fetching.IMAGES.free.release(taken)
