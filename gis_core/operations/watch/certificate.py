"""The end of the certificate of the site's public address."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings

from gis_core.operations.watch.day_measures import CERTIFICATE, keep

ANSWER_S = 5


def certificate_end(host: str, port: int) -> datetime:
    """Raises OSError (of which ssl.SSLCertVerificationError) where none that is trusted here answers."""
    with (
        socket.create_connection((host, port), ANSWER_S) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
    ):
        end = str((secure.getpeercert() or {}).get("notAfter", ""))
    if not end:
        raise OSError("no certificate")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)


def measure_certificate() -> None:
    """Keep its end (seconds since 1970), or why it is none; nothing where the site has no HTTPS address."""
    url = urlsplit(settings.SITE_URL)
    if url.scheme != "https" or not url.hostname:
        return
    try:
        end, failure = int(certificate_end(url.hostname, url.port or 443).timestamp()), ""
    except ssl.SSLCertVerificationError as error:
        end, failure = 0, error.verify_message
    except OSError as error:
        # Not reached from here (a proxy elsewhere, a network that is away): what was known stays known.
        end, failure = -1, str(error)
    if end >= 0:
        keep(CERTIFICATE, end, {"host": url.hostname, "failure": failure})
