"""What is measured in a process of its own, with the role that does it: `python -m benchmarks.work`.

One argument, in JSON: `{"do": …, "member": id, …}`. Prints what was measured, in JSON.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import batched
from typing import Any

from benchmarks.database import BenchDatabase
from gis_core.operations.environment import PYTHON, ROOT, Role


def run_work(made: BenchDatabase, role: Role, what: str, **given: Any) -> dict[str, Any]:
    """What a process of this role measured. Raises RuntimeError with its last lines."""
    command = [str(PYTHON), "-m", "benchmarks.work", json.dumps({"do": what, **given})]
    environment = made.environment(role) | {"DJANGO_SETTINGS_MODULE": "gis_core.settings"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(" / ".join(ended.stderr.strip().splitlines()[-3:]))
    told: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return told


def scan(member: int) -> dict[str, Any]:
    """The anomalies of a water network, as the worker looks for them."""
    from gis_core.members.rights import SYSTEM, acting_as
    from networks.water.services.anomalies.scanning import scan as scan_network

    with acting_as(SYSTEM):
        begun = time.perf_counter()
        found = scan_network(member, "water")
    return {"seconds": time.perf_counter() - begun, "found": found}


def raepa(member: int, folder: str, names: list[str]) -> dict[str, Any]:
    """A delivery read, loaded and taken back, as the worker does it; the seconds are those of the loading."""
    from django.db import transaction

    from gis_core.members.rights import SYSTEM, acting_as
    from gis_core.models import Member
    from layers.intake.services import imports
    from networks.water.sources import NETWORK

    def tell(*_said: Any) -> None:
        """Nobody looks."""

    with acting_as(SYSTEM):
        owner = Member.objects.get(pk=member)
        made = imports.register(NETWORK, folder, names, member=owner, choices={"format": "raepa"}, user=None)
        with transaction.atomic():
            imports.read(made.pk, tell)
        made.refresh_from_db()
        if not made.plan or made.plan["errors"]:
            raise RuntimeError(str(made.findings)[:500])
        # As somebody who starts the loading has it.
        made.choices = made.choices | {"snap_m": made.plan["snap_m"]}
        made.save()
        begun = time.perf_counter()
        with transaction.atomic():
            imports.apply(made.pk, tell)
        seconds = time.perf_counter() - begun
        made.refresh_from_db()
        with transaction.atomic():
            imports.revert(made.pk, tell)
    assert made.report
    return {"seconds": seconds, "moved": made.plan["moved"], **made.report["counts"]["water"]}


def notice(member: int, user: int, addresses: int, contacts: int, times: int) -> dict[str, Any]:
    """Addresses become a notice, with whom it reaches and the list of them, as a technician asks for it."""
    from django.db import transaction

    from gis_core.members.rights import SYSTEM, acting_as, rights_of
    from gis_core.models import Member, User
    from networks.notifications.services import contacts as book
    from networks.notifications.services import notices, recipients
    from networks.notifications.services.places import Place

    def address(number: int) -> str:
        return f"{number % 200 + 1} rue de la Mesure {number // 200}, 45901 Mesure"

    with acting_as(SYSTEM):
        rights = rights_of(User.objects.get(pk=user))
    agreed = book.Consent(given=True)
    with acting_as(rights), transaction.atomic():
        owner = Member.objects.get(pk=member)
        people = [
            book.Person(reference=f"M{one}", name=f"Mesure {one}", address=address(one), phone=f"+336399{one:05d}",
                        mobile=True, email=f"m{one}@example.org", sms=agreed, mail=agreed)
            for one in range(contacts)
        ]  # fmt: skip
        for part in batched(people, 500, strict=False):
            book.write_contacts(owner, part, why="Mesure")
        targets = [notices.Address(address=address(one * 3), place=Place(560_000.0 + one, 6_650_000.0))
                   for one in range(addresses)]  # fmt: skip
        taken = []
        for _time in range(times):
            begun = time.perf_counter()
            made = notices.draft(owner=owner, targets=targets, rights=rights)
            reach = recipients.reach_of(made)
            lines, total = recipients.lines_of(made, rights)
            taken.append(time.perf_counter() - begun)
            if (total, len(lines)) != (addresses, recipients.ROWS):
                raise RuntimeError(f"{total} addresses, {len(lines)} lines")
            notices.discard(made, rights=rights)
    return {"seconds": sorted(taken)[len(taken) // 2], "reached": reach.reached, "sms": reach.sms}


def calibrate() -> dict[str, Any]:
    """Every numbered road measured, as the worker does it."""
    from gis_core.members.rights import SYSTEM, acting_as
    from networks.roads.services.calibrating import calibrate, stale_roads

    begun = time.perf_counter()
    with acting_as(SYSTEM):
        routes = stale_roads()
        for road in routes:
            calibrate(*road)
    return {"seconds": time.perf_counter() - begun, "routes": len(routes)}


def acts(user: int) -> dict[str, Any]:
    """Acts of planning applications, numbered and begun as the worker does it."""
    from benchmarks.acts import measure

    return measure(user)


DOES: dict[str, Callable[..., dict[str, Any]]] = {
    "scan": scan,
    "raepa": raepa,
    "notice": notice,
    "calibrate": calibrate,
    "acts": acts,
}

if __name__ == "__main__":
    import django

    django.setup()
    asked = json.loads(sys.argv[1])
    print(json.dumps(DOES[asked.pop("do")](**asked), default=str))
