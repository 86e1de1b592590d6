"""A passkey as software, for tests without a browser: it answers what a site asks (WebAuthn 2, 6.3)."""

from dataclasses import dataclass, field
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from gis_core.models import User

HOST = "localhost"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftKey:
    """Somebody's key for `localhost`, kept at the site as the browser would have had it kept."""

    user: User
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    number: bytes = b"une cle de test "

    def keep(self) -> "SoftKey":
        public = ES256.from_cryptography_key(self.secret.public_key())
        attested = AttestedCredentialData.create(Aaguid(b"\0" * 16), self.number, public)
        said = AuthenticatorData.create(sha256(HOST.encode()), PRESENT | VERIFIED | ATTESTED, 0, attested)
        response = {
            "clientDataJSON": websafe_encode(CollectedClientData.create("webauthn.create", b"x", f"http://{HOST}")),
            "attestationObject": websafe_encode(AttestationObject.create("none", said, {})),
        }
        credential = {**self.names(), "response": response}
        data = {"name": "Clé", "credential": credential}
        Authenticator.objects.create(user=self.user, type=Authenticator.Type.WEBAUTHN, data=data)
        return self

    def names(self) -> dict[str, Any]:
        number = websafe_encode(self.number)
        return {"id": number, "rawId": number, "type": "public-key", "clientExtensionResults": {}}

    def answer(self, options: dict[str, Any], *, verified: bool = True) -> dict[str, Any]:
        """To the options of a sign-in; `verified`: its owner showed the finger, the face or the code."""
        challenge = websafe_decode(options["publicKey"]["challenge"])
        asked = CollectedClientData.create("webauthn.get", challenge, f"http://{HOST}")
        said = AuthenticatorData.create(sha256(HOST.encode()), PRESENT | (VERIFIED if verified else 0), 1)
        response = {
            "clientDataJSON": websafe_encode(asked),
            "authenticatorData": websafe_encode(said),
            "signature": websafe_encode(self.secret.sign(said + asked.hash, ec.ECDSA(hashes.SHA256()))),
            "userHandle": websafe_encode(user_pk_to_url_str(self.user).encode()),
        }
        return {**self.names(), "response": response}
