"""What the ARPENT_* settings say about addresses: lists of them, the mail server's, and the hosts of the site.

Settings import this module: it imports nothing of Django's that needs them.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
MAIL_TIMEOUT_S = 20
IMPLICIT_TLS_PORT = 465
SUBMISSION_PORT = 587
USUAL_PORTS = {"http": "80", "https": "443"}


def split_commas(text: str) -> list[str]:
    """What stands between commas, without blanks: a comma too many names nothing."""
    return [item.strip() for item in text.split(",") if item.strip()]


def mail_options(url: str) -> dict[str, Any]:
    """The options of Django's SMTP backend for `smtp://` or `smtps://[user[:password]@]host[:port]`.

    User and password are percent-decoded. `smtps` is TLS from the first byte (port 465 unless told otherwise), or
    STARTTLS on 25 and 587, which know no other; `smtp` (port 587) asks for STARTTLS where there is a password. Where
    TLS is asked for and the server has none, the backend raises and nothing leaves. Raises ImproperlyConfigured.
    """
    parts, port = split_mail_url(url)
    implicit = parts.scheme == "smtps" and port not in (25, SUBMISSION_PORT)
    return {
        "host": parts.hostname,
        "port": port or (IMPLICIT_TLS_PORT if implicit else SUBMISSION_PORT),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": implicit,
        "use_tls": not implicit and (parts.scheme == "smtps" or bool(parts.password)),
        "timeout": MAIL_TIMEOUT_S,
    }


def split_mail_url(url: str) -> tuple[SplitResult, int | None]:
    """The parts of a mail server's address and the port it says. Raises ImproperlyConfigured, without the secret."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("ARPENT_EMAIL_URL: the port or the host cannot be read.") from error
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ImproperlyConfigured(
            "ARPENT_EMAIL_URL: smtp://host:587 or smtps://user:password@host is expected;"
            " signs such as @ : / # ? % in the user or the password are written %40 %3A %2F %23 %3F %25."
        )
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(
            "ARPENT_EMAIL_URL: nothing follows the port; write / # ? of a password as %2F %23 %3F."
        )
    return parts, port


def host_names(hosts: Iterable[str]) -> list[str]:
    """The names alone, as Django's ALLOWED_HOSTS holds them: an entry of ours may say a port, too."""
    return list(dict.fromkeys(split_domain_port(host)[0] or host for host in hosts))


def site_ports(hosts: Iterable[str], site_url: str, port: str) -> frozenset[str]:
    """The ports under which the site is reached: its public address's, the one it listens on, those of the list."""
    site = urlsplit(site_url)
    own = str(site.port) if site.port else USUAL_PORTS.get(site.scheme, "")
    return frozenset(filter(None, (own, port, *(split_domain_port(host)[1] for host in hosts))))
