"""`./arpent bench --load`: 300 people at work, then 600, on everything at once for ten minutes.

What one does is what regular users do: seven in ten requests are tiles (half of them never drawn before), then parcel
sheets, pages and lists, searches, OGC pages, and one in fifty saves something. Each thinks 1 to 8 seconds between two
actions. The client is a process of its own that yields to the server (nice 10), on the same cores: its share of the
processor is told.
"""

import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.db import transaction

from benchmarks import edits, load, ogc, parcels, permits, search, server
from benchmarks.accounts import PRIVATE_SLUG, session_of
from benchmarks.grid import url_of
from benchmarks.rows import Row
from benchmarks.territory import SEED
from benchmarks.tiles import Field
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.tokens.authentication import create_token

WEIGHTS: Final = {
    **{"kept tiles": 35, "new tiles": 35, "sheets": 12, "lists": 8, "searches": 5, "OGC pages": 3, "writes": 2}
}
FRENCH: Final = {
    **{"kept tiles": "tuiles gardées", "new tiles": "tuiles neuves", "sheets": "fiches", "lists": "listes"},
    **{"searches": "recherches", "OGC pages": "pages OGC", "writes": "enregistrements"},
}
THINK_S: Final = (1.0, 8.0)
CROWDS: Final = {300: 300.0, 600: 600.0}
ACCOUNTS, KEPT, SHEETS, OBJECTS, BOXES = 60, 400, 1_500, 2_000, 150
OTHER_ROLES: Final = (Role.READER, Role.PERMIT_INSTRUCTOR, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR)
ZOOMS: Final = (15, 16, 16, 17)
NICE, WATCH_S, FLAT = 10, 5.0, 1.15


def answer_row(people: int) -> Row:
    return Row(f"{people} personnes au travail, 95e centile", None, "ms", "at most", CROWDS[people])


def failure_row(people: int) -> Row:
    return Row(f"{people} personnes au travail, réponses manquées", None, "réponses", "at most", 0)


def growth_row(people: int) -> Row:
    name = f"{people} personnes au travail, mémoire du serveur web à la fin face au début"
    return Row(name, None, "Mio", "at most", FLAT, relative=True)


def empty_rows(people: int) -> list[Row]:
    return [answer_row(people), failure_row(people), growth_row(people)]


def crowd_rows(field: Field, people: int, seconds: float) -> list[Row]:
    """As many people for so long. The database's statistics and the accounts are made first."""
    plan = plan_of(field, people, seconds)
    load.latencies(field.port, plan["paths"]["kept tiles"], plan["headers"][0]["read"])
    with tempfile.TemporaryDirectory() as folder:
        file, told = Path(folder, "plan.json"), Path(folder, "seen.json")
        file.write_text(json.dumps(plan))
        program = str(Path(__file__).with_name("people_client.py"))
        watch = Watch(field)
        # To a file: a pipe that nobody reads meanwhile would hold the client at its end.
        with told.open("w") as output:
            client = subprocess.Popen(["nice", "-n", str(NICE), sys.executable, program, str(file)], stdout=output)
            watch.until_the_end_of(client)
        seen = json.loads(told.read_text())
    return rows_of(people, seen, watch)


# -- the plan ---------------------------------------------------------------------------------------------------------


def plan_of(field: Field, people: int, seconds: float) -> dict[str, Any]:
    wanted = people * seconds / statistics.mean(THINK_S) * WEIGHTS["new tiles"] / sum(WEIGHTS.values())
    accounts, asker = accounts_of(), permits.prepare_permits()
    with acting_as(SYSTEM), transaction.atomic():
        layer = edits.editable_layer()
        objects = edits.objects(layer, OBJECTS)
    idus = parcels.choose_parcels(field, SHEETS)
    return {
        "port": field.port,
        "seconds": seconds,
        "people": people,
        "think_s": THINK_S,
        "weights": WEIGHTS,
        "headers": accounts,
        "once": ["new tiles"],
        "paths": {
            "kept tiles": tiles_of(field, KEPT),
            "new tiles": tiles_of(field, int(wanted * 1.1)),
            "sheets": [parcels.address(idu) for idu in idus],
            "lists": lists_of(asker),
            "searches": [f"/api/v1/search/?q={quote(one)}&limit=8" for one in search.questions(500)],
            "OGC pages": pages_of(field),
            "writes": [f"/api/v1/layers/{edits.SLUG}/edits/"],
        },
        "writes": [edit_of(pk) for pk in objects],
    }


def tiles_of(field: Field, count: int) -> list[str]:
    """Addresses never given before, of the public and of the private layer, where people look: z15 to z17."""
    share = -(-count // len(ZOOMS))
    drawn = [tile for z in ZOOMS for tile in field.grid.fresh(z, share)]
    random.Random(SEED).shuffle(drawn)
    return [url_of((PRIVATE_SLUG, "parcels")[rank % 2], tile) for rank, tile in enumerate(drawn[:count])]


def lists_of(asker: permits.Instructor) -> list[str]:
    pages = permits.addresses("/permis/", permits.BOARDS, 100)
    listed = permits.addresses("/api/v1/permits/", permits.LISTS, 50)
    return [*pages, *listed, *(f"/permis/{number}/" for number in permits.numbers(asker, 100))]


def pages_of(field: Field) -> list[str]:
    made = ogc.boxes(field, 100)
    return [ogc.ours_url(page) for page, _rank in zip(made, range(BOXES), strict=False)]


def edit_of(pk: int) -> dict[str, Any]:
    """A value changed without naming a version, as QGIS does."""
    return {"crs": "EPSG:2154", "edits": [{"action": "update", "id": pk, "properties": {"note": f"Vu {pk}"}}]}


def accounts_of() -> list[dict[str, dict[str, str]]]:
    """Headers of sixty people who edit at one member, instruct at another and have a role at a third: a session to
    read with, as browsers do, and a token to write with, as QGIS does."""
    with acting_as(SYSTEM), transaction.atomic():
        homes = [
            (Member.objects.get(slug=edits.MEMBER), Role.GIS_ADMINISTRATOR),
            (permits.member_of(0), Role.PERMIT_INSTRUCTOR),
        ]
        # And something of their own each: what one may see is not the same for all.
        others = [(permits.member_of(n), role) for n in (1, 2, 3) for role in OTHER_ROLES]
        return [headers_of(account(rank, [*homes, others[rank % len(others)]])) for rank in range(ACCOUNTS)]


def account(rank: int, homes: Sequence[tuple[Member, str]]) -> User:
    name = f"mesure-monde-{rank}"
    person, _made = User.objects.get_or_create(username=name, defaults={"email": f"{name}@example.org"})
    for member, role in homes:
        Membership.objects.get_or_create(user=person, member=member, defaults={"role": role})
    return person


def headers_of(person: User) -> dict[str, dict[str, str]]:
    said = {"Accept": "text/html,application/json;q=0.9,*/*;q=0.8", "Accept-Encoding": "gzip"}
    _token, secret = create_token(user=person, name="mesure")
    return {
        "read": said | {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of(person)}"},
        "write": {"Accept": "application/json", "Authorization": f"Bearer {secret}"},
    }


# -- what is seen -----------------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """Memory and processor of each part of the platform while the client works."""

    of: Field
    memory_mib: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    def until_the_end_of(self, client: subprocess.Popen[bytes]) -> None:
        pids = {"web": self.of.pids, "nginx": [self.of.front_pid], "PostgreSQL": [postmaster_of(self.of)]}
        begun, before = time.monotonic(), {name: server.cpu_seconds(*one) for name, one in pids.items()}
        while client.poll() is None:
            self.memory_mib.append(server.pss_mib(*self.of.pids))
            time.sleep(WATCH_S)
        self.seconds = time.monotonic() - begun
        self.cpu = {name: server.cpu_seconds(*one) - before[name] for name, one in pids.items()}

    def share(self, cpu_s: float) -> str:
        """Of one core, over the whole time."""
        return f"{cpu_s / max(self.seconds, 1):.0%}"


def postmaster_of(field: Field) -> int:
    return int((field.made.place.cluster.resolve() / "postmaster.pid").read_text().split()[0])


def rows_of(people: int, seen: Mapping[str, Any], watch: Watch) -> list[Row]:
    taken: Mapping[str, list[float]] = seen["taken"]
    every = list(chain.from_iterable(taken.values()))
    rate = len(every) / seen["seconds"]
    kinds = ", ".join(f"{FRENCH[kind]} {centile(one, 95):.0f}" for kind, one in sorted(taken.items()) if one)
    cpu = ", ".join(f"{name} {watch.share(used)}" for name, used in [*watch.cpu.items(), ("client", seen["cpu_s"])])
    note = (
        f"{len(every)} réponses, {rate:.0f}/s ; médiane {centile(every, 50):.0f} ms, 99e {centile(every, 99):.0f} ms ; "
        f"95e par sorte (ms) : {kinds} ; processeur, en parts d'un cœur : {cpu}"
    )
    wrong: Mapping[str, int] = seen["wrong"]
    told = ", ".join(f"{name} {count}" for name, count in wrong.items())
    part = max(len(watch.memory_mib) // 5, 1)
    early, late = (
        max(one) for one in (watch.memory_mib[part : 2 * part] or watch.memory_mib, watch.memory_mib[-part:])
    )
    return [
        replace(answer_row(people), ours=centile(every, 95), note=note),
        replace(failure_row(people), ours=float(sum(wrong.values())), note=told),
        replace(growth_row(people), ours=late, reference=early),
    ]


def centile(taken: Sequence[float], percent: int) -> float:
    ordered = sorted(taken)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)]
