"""A network technician who asks over HTTP, as the measures of networks and of roads need one."""

import http.client
import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from benchmarks.database import BenchDatabase
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.tokens.authentication import create_token


@dataclass(frozen=True)
class Technician:
    """Who asks: a network technician of the member whose rows are measured."""

    member: Member
    user: int
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def technician_of(slug: str, **member: Any) -> Technician:
    """The technician of a member, both made unless they are there."""
    with acting_as(SYSTEM):
        owner, _made = Member.objects.get_or_create(slug=slug, defaults=member)
        user, _made = User.objects.get_or_create(username=slug, defaults={"email": f"{slug}@example.org"})
        Membership.objects.get_or_create(user=user, member=owner, defaults={"role": Role.NETWORK_TECHNICIAN})
        return Technician(owner, user.pk, create_token(user=user, name="mesure")[1])


class Asked:
    """One client on one connection."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.opened, self.headers = http.client.HTTPConnection("127.0.0.1", port, timeout=60), headers

    def get(self, path: str, **given: object) -> tuple[float, bytes]:
        """Milliseconds, and the answer."""
        return self.ask("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Milliseconds, and the answer."""
        taken, content = self.ask("POST", path, json.dumps(body))
        return taken, json.loads(content)

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[float, bytes]:
        begun = time.perf_counter()
        self.opened.request(method, path, body, self.headers)
        answer = self.opened.getresponse()
        content = answer.read()
        taken = (time.perf_counter() - begun) * 1000
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:200]!r}")
        return taken, content


def query_rows(made: BenchDatabase, question: str, *asked: Any) -> list[tuple[Any, ...]]:
    with made.connect("owner") as connection:
        return list(connection.execute(question, asked).fetchall())
