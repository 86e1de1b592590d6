"""Secrets that the platform must give again in clear, kept encrypted under a key that is in no database and no backup.

The key is made of the platform's own (`settings.SECRET_KEY`) by HKDF (RFC 5869), the text by Fernet.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Invalid


def encrypt(text: str) -> str:
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text: str) -> str:
    """The text in clear. Raises Invalid where it was kept under another key, or is none of ours."""
    try:
        return _fernet().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise Invalid(_("This secret was kept under another key of the platform: enter it again.")) from error


def _fernet() -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"arpent.accounts.encryption")
    return Fernet(base64.urlsafe_b64encode(derived.derive(settings.SECRET_KEY.encode())))
