"""Servers that answer slowly, late, wrongly or not at all."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The beginning of a message of LDAP that says it is long, and of one that says it is two gigabytes.
BEGUN, HUGE = b"\x30\x0c\x02", b"\x30\x84\x7f\xff\xff\xff\x02\x01\x01"
BIND_DONE = b"\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"
KINDS = ("silent", "silent_in_tls", "begun", "drop_by_drop", "garbage", "huge", "closed", "silent_after_bind")


def behave(kind: str, connection: socket.socket, folder: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    with connection, suppress(OSError):
        if kind == "silent":
            wait_for_end(connection)
        elif kind != "closed":
            with context.wrap_socket(connection, server_side=True) as secured:
                answer(kind, secured)
                wait_for_end(secured)


def answer(kind: str, secured: socket.socket) -> None:
    secured.recv(4096)
    if kind == "begun":
        secured.send(BEGUN)
    elif kind == "huge":
        secured.send(HUGE)
    elif kind == "garbage":
        secured.send(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 20)
    elif kind == "silent_after_bind":
        secured.send(BIND_DONE)
    elif kind == "drop_by_drop":
        for byte in b"\x30\x84\x00\x00\x01\x00" + b"\x02\x01\x01" + b"\x61" * 250:
            secured.send(bytes([byte]))
            time.sleep(0.3)


def wait_for_end(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[str]:
    """The address of a server that behaves so, under the certificate of this folder."""
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _address = listener.accept()
                    threads.append(threading.Thread(target=behave, args=(kind, connection, folder), daemon=True))
                    threads[-1].start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        yield f"ldaps://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(5)
    for one in threads:
        one.join(5)
