"""Lists, the mail server's address, and the hosts of the site, as the ARPENT_* variables give them."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.test import Client

from gis_core.http.addresses import host_names, mail_options, site_ports, split_commas
from gis_core.http.hosts import is_known_host
from gis_core.operations.environment import ROOT, Place, variables

READ = "from django.conf import settings; print({})"


def setting(expression: str, **given: str) -> str:
    """What the settings say in a process with these variables."""
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "gis_core.settings"} | given
    asked = [sys.executable, "-c", READ.format(expression)]
    return subprocess.run(asked, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout.strip()


def test_a_comma_too_many_names_nothing() -> None:
    hosts = "sig.exemple.fr, 10.0.0.7:8100,,"
    assert split_commas(hosts) == ["sig.exemple.fr", "10.0.0.7:8100"]
    assert setting("settings.ALLOWED_HOSTS", ARPENT_ALLOWED_HOSTS=hosts) == "['sig.exemple.fr', '10.0.0.7']"
    said = setting("settings.CSRF_TRUSTED_ORIGINS", ARPENT_ALLOWED_HOSTS=hosts, ARPENT_HTTPS="1")
    assert said == "['https://sig.exemple.fr', 'https://10.0.0.7:8100']"
    assert setting("settings.ALLOWED_HOSTS[0]", ARPENT_ALLOWED_HOSTS=",") == "localhost"


def test_a_site_adds_apps_after_ours() -> None:
    asked = "[one for one in settings.INSTALLED_APPS if one in ('benchmarks', 'metiers.bornes')]"
    assert setting(asked, ARPENT_APPS="metiers.bornes,") == "['benchmarks', 'metiers.bornes']"


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtps://sig:secret@mail.exemple.fr", 465, "use_ssl"),
        ("smtps://sig:secret@mail.exemple.fr:465", 465, "use_ssl"),
        ("smtps://sig:secret@mail.exemple.fr:2465", 2465, "use_ssl"),
        ("smtps://sig:secret@mail.exemple.fr:587", 587, "use_tls"),
        ("smtps://mail.exemple.fr:25", 25, "use_tls"),
        ("smtp://sig:secret@mail.exemple.fr:587", 587, "use_tls"),
        ("smtp://sig:secret@mail.exemple.fr", 587, "use_tls"),
        ("smtp://relais.mairie.lan:25", 25, ""),
    ],
)
def test_a_password_travels_under_tls_alone(url: str, port: int, tls: str) -> None:
    options = mail_options(url)
    assert options["port"] == port
    assert [name for name in ("use_ssl", "use_tls") if options[name]] == ([tls] if tls else [])


def test_credentials_are_percent_decoded() -> None:
    options = mail_options("smtps://sig%40exemple.fr:p%40ss%2Fw%3Ard%25@mail.exemple.fr")
    assert (options["username"], options["password"]) == ("sig@exemple.fr", "p@ss/w:rd%")


@pytest.mark.parametrize(
    "url",
    [
        *("mail.exemple.fr", "http://mail.exemple.fr", "smtps://", "smtps://mail.exemple.fr:abc", "smtps://[::1"),
        *("smtps://sig:pa/ss@mail.exemple.fr", "smtps://sig:pa#ss@mail.exemple.fr", "smtp://mail.exemple.fr:70000"),
    ],
)
def test_an_address_that_cannot_be_read_is_said_without_its_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        mail_options(url)
    assert "ARPENT_EMAIL_URL" in str(refused.value)
    assert "pa" not in str(refused.value).split("ARPENT_EMAIL_URL", 1)[1].replace("password", "")


@contextmanager
def server_without_tls() -> Iterator[tuple[int, list[bytes]]]:
    """A mail server that offers no TLS, and what it was sent."""
    heard: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        opened, _address = listening.accept()
        with opened, suppress(OSError):
            opened.sendall(b"220 essai\r\n")
            while line := opened.recv(4096):
                heard.append(line)
                opened.sendall(b"250-essai\r\n250 AUTH PLAIN LOGIN\r\n" if line.startswith(b"EHLO") else b"250 ok\r\n")

    thread = Thread(target=serve, daemon=True)
    thread.start()
    with listening:
        yield listening.getsockname()[1], heard


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_nothing_leaves_in_clear_once_tls_was_asked_for(scheme: str) -> None:
    with server_without_tls() as (port, heard):
        options = mail_options(f"{scheme}://sig:secret@127.0.0.1:{port}") | {"timeout": 3}
        backend = EmailBackend(alias="default", **options)
        with pytest.raises(OSError):  # noqa: PT011 - whichever of ssl and smtplib refuses
            backend.send_messages([EmailMessage("Objet", "secret du courrier", "a@exemple.fr", ["b@exemple.fr"])])
        backend.close()
    assert not any(word in b"".join(heard) for word in (b"AUTH", b"secret", b"c2VjcmV0", b"MAIL", b"Objet"))


def test_the_ports_of_the_site() -> None:
    hosts = ["localhost", "sig.exemple.fr:8443", "[::1]"]
    assert host_names(hosts) == ["localhost", "sig.exemple.fr", "[::1]"]
    assert site_ports(hosts, "https://sig.exemple.fr", "8045") == {"443", "8045", "8443"}


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("localhost:8045", True),
        ("[::1]:8045", True),
        ("localhost:6666", False),
        ("127.0.0.1:80", False),
        ("evil.example:8045", False),
        ("localhost:8045@evil.example", False),
    ],
)
def test_a_host_is_known_by_its_name_and_its_port(settings: Any, host: str, known: bool) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
    settings.ALLOWED_PORTS = frozenset({"8045"})
    assert is_known_host(host) == known


@pytest.mark.django_db
def test_no_link_is_made_of_a_strange_port(client: Client) -> None:
    for address in ("/compte/mot-de-passe/oublie/", "/api/v1/me/", "/ogc"):
        answer = client.get(address, headers={"host": "localhost:6666", "accept": "text/html"})
        assert answer.status_code == 400
    answer = client.post("/compte/mot-de-passe/oublie/", {"email": "x@example.org"}, headers={"host": "localhost:6666"})
    assert answer.status_code == 400


def test_the_port_that_is_asked_for_is_the_one_that_is_said(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARPENT_PORT", "8045")
    assert variables(Place(tmp_path), "web", 8058)["ARPENT_PORT"] == "8058"
