"""What can go wrong with a provider of identities."""

from gis_core.errors import Invalid, Unavailable


class Untrusted(Invalid):
    """A provider's answer that proves nothing: `fault` says which check it failed, for the journal."""

    def __init__(self, message: str, fault: str) -> None:
        super().__init__(message)
        self.fault = fault


class ProviderSilent(Unavailable):
    """The provider does not answer, or by an error."""
