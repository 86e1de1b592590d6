"""Asks for the map again and again: `visit.py HOST PORT`; a line each, its status (0: refused) and who answered.

Run inside the bare machine by its own Python.
"""

import socket
import ssl
import sys
import time


def main() -> None:
    host, port = sys.argv[1], int(sys.argv[2])
    context = ssl.create_default_context(cafile="/etc/arpent/tls/authority.pem")
    while True:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), 5) as plain,
                context.wrap_socket(plain, server_hostname=host) as secure,
            ):
                head = f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
                secure.sendall(head.encode())
                answer = b"".join(iter(lambda: secure.recv(65_536), b"")).decode(errors="replace")
            said = "proxy" if "Retour prévu vers" in answer else "site" if "Arpent" in answer else "nobody"
            print(answer.split(None, 2)[1], said, flush=True)
        except (OSError, IndexError) as error:
            print("0", repr(error), flush=True)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
