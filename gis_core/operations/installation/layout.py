"""Where an installation lies on the machine. Everything is below one folder, `/` but in tests."""

from dataclasses import dataclass
from pathlib import Path

from gis_core.operations.environment import ROOT
from gis_core.version import VERSION

SITE_PORT = 8045
PROXY_USER = "arpent-proxy"


@dataclass(frozen=True)
class Layout:
    """Paths of what is installed."""

    root: Path = Path("/")
    source: Path = ROOT
    version: str = VERSION

    @property
    def versions(self) -> Path:
        """One folder for each version, and the link `current` to the one that runs."""
        return self.root / "opt/arpent"

    @property
    def code(self) -> Path:
        return self.versions / self.version

    @property
    def current(self) -> Path:
        return self.versions / "current"

    @property
    def former(self) -> Path:
        """The version that an upgrade left, as long as that has not ended (`gis_core.operations.upgrade.state`)."""
        return self.versions / "former"

    @property
    def python(self) -> Path:
        return self.current / ".venv/bin/python"

    @property
    def settings(self) -> Path:
        return self.root / "etc/arpent"

    @property
    def answers(self) -> Path:
        """What was answered: whoever installs again begins with it, and it says that something is installed."""
        return self.settings / "install.conf"

    @property
    def certificate(self) -> Path:
        return self.settings / "tls/certificate.pem"

    @property
    def key(self) -> Path:
        return self.settings / "tls/key.pem"

    @property
    def authority(self) -> Path:
        """The local authority's certificate, which the browsers of the agency are given."""
        return self.settings / "tls/authority.pem"

    @property
    def proxy(self) -> Path:
        """What the proxy puts aside: bodies and answers, and the pages of what it refuses."""
        return self.root / "var/lib/arpent-proxy"

    @property
    def proxy_settings(self) -> Path:
        return self.settings / "nginx.conf"

    @property
    def sockets(self) -> Path:
        """Where the web processes listen, for the proxy alone."""
        return self.root / "run/arpent-web"

    @property
    def units(self) -> Path:
        return self.root / "etc/systemd/system"

    @property
    def command(self) -> Path:
        """The command `arpent` of the administrator."""
        return self.root / "usr/local/bin/arpent"

    @property
    def folders_at_boot(self) -> Path:
        return self.root / "etc/tmpfiles.d/arpent.conf"

    @property
    def rotation(self) -> Path:
        return self.root / "etc/logrotate.d/arpent"

    @property
    def trusted_authority(self) -> Path:
        return self.root / "usr/local/share/ca-certificates/arpent.crt"

    def operation(self, *arguments: str) -> list[str]:
        """The arguments of a command of Arpent's, for units and for root."""
        return [str(self.python), "-P", "-m", "gis_core.operations", *arguments]
