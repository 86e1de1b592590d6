"""allauth's second factor as this site has it: secrets encrypted, keys bound to its own host, faults in plain words."""

from __future__ import annotations

from io import BytesIO
from ipaddress import ip_address
from urllib.parse import urlsplit

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from qrcode.image.svg import SvgPathFillImage
from qrcode.main import make

from gis_core.accounts import encryption
from gis_core.accounts.factor.requirement import was_given_elsewhere
from gis_core.models import User


class FactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "This code is not right. One of the application changes every 30 seconds: if none is taken, the clock of"
            " the phone is wrong; let the phone set its time by the network. A recovery code serves once."
        ),
        "spent_code": _("This code has served already: wait for the next one."),
        "refused_key": _("The site does not know this key, or the answer came too late: try again."),
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """Black on white in a dark page too: phones read nothing else."""
        picture = BytesIO()
        make(url, image_factory=SvgPathFillImage).save(picture)  # type: ignore[no-untyped-call]
        return picture.getvalue().decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Keys belong to the name under which the site is reached; no other `Host` comes this far (http.hosts)."""
        name = host_of(context.request)
        return {"id": name, "name": f"Arpent ({name})"}


class SecondStep(AuthenticateStage):
    """The second step of signing in; a provider that did it already counts."""

    def _should_handle(self, request: HttpRequest) -> bool:
        return not was_given_elsewhere(request, self.login.user) and bool(super()._should_handle(request))


def host_of(request: HttpRequest) -> str:
    """The site's name without its port."""
    return urlsplit(f"//{request.get_host()}").hostname or ""


def factors_here(request: HttpRequest, user: User) -> set[str]:
    """The kinds of second factors by which this person can answer at this address; recovery codes are one of them."""
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return types if takes_keys(request) else types - {Authenticator.Type.WEBAUTHN}


def takes_keys(request: HttpRequest) -> bool:
    """Whether browsers use passkeys here: under a name, by HTTPS or on the machine itself."""
    name = host_of(request)
    try:
        ip_address(name)
    except ValueError:
        return request.is_secure() or name == "localhost" or name.endswith(".localhost")
    return False
