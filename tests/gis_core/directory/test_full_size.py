"""20,000 people and 2,000 groups, read from a real slapd (`./arpent test --directory`)."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache

from gis_core.accounts.directory import synchronising
from gis_core.accounts.directory.signing_in import identity_of
from gis_core.accounts.joining import provider_of
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import AccessRule, Membership
from tests import factories
from tests.gis_core.directory.slapd import PASSWORD, dn_of, group, group_dn, person, serving
from tests.gis_core.directory.test_signing_in import make_method

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("ARPENT_DIRECTORY" not in os.environ, reason="takes a minute: ./arpent test --directory"),
]
PEOPLE, GROUPS, ACCOUNTS = 20_000, 2_000, 600
MOST_S, MOST_MIB = 60, 300


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def memory_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


@contextmanager
def watching_child() -> Iterator[list[float]]:
    """The most that the process which asks the directory ever had, in MiB, seen every 20 ms."""
    seen, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            for folder in Path("/proc").glob("[0-9]*"):
                with suppress(OSError, StopIteration):
                    if "directory/child.py" in (folder / "cmdline").read_text():
                        lines = (folder / "status").read_text().splitlines()
                        peak = next(line for line in lines if line.startswith("VmHWM"))
                        seen.append(int(peak.split()[1]) / 1024)

    thread = threading.Thread(target=watch)
    thread.start()
    yield seen
    over.set()
    thread.join()


def test_a_large_directory_is_synchronised_in_a_minute_and_300_mib() -> None:
    chance = random.Random(7)
    people = [person(f"agent{number}", entryUUID=uuid(number)) for number in range(PEOPLE)]
    groups = [
        group(
            f"groupe{number}",
            [dn_of(f"agent{one}") for one in chance.sample(range(PEOPLE), 40)]
            + ([group_dn(f"groupe{chance.randrange(GROUPS)}")] if number % 3 else []),
        )
        for number in range(GROUPS - 1)
    ]
    everybody = group("tous", [dn_of(f"agent{number}") for number in range(PEOPLE)])
    cache.clear()
    member = factories.member()
    with serving([*people, *groups, everybody]) as large:
        method = make_method(member, large.options())
        AccessRule.objects.create(method=method, group="tous", member=member, role=Role.READER)
        for number in range(ACCOUNTS):
            user = factories.user(last_name="Avant")
            SocialAccount.objects.create(user=user, provider=provider_of(method), uid=uuid(number * 7))
        Path("/proc/self/clear_refs").write_text("5")
        before, begun = memory_mib("VmRSS"), time.monotonic()
        with watching_child() as seen, factories.as_worker(), acting_as(SYSTEM):
            report = synchronising.synchronise(method)
        first, begun = time.monotonic() - begun, time.monotonic()
        with factories.as_worker(), acting_as(SYSTEM):
            synchronising.synchronise(method)
        again = time.monotonic() - begun
        here = memory_mib("VmHWM") - before
        child = max(seen)
        begun = time.monotonic()
        identity_of(method, "agent7@commune.example", PASSWORD)
        one = time.monotonic() - begun
    print(
        f"\nfirst {first:.1f} s, again {again:.1f} s, sign-in {one:.2f} s;"
        f" {here:.0f} MiB more here, child {child:.0f} MiB"
    )
    assert (report.people, report.groups, report.changed, report.error) == (PEOPLE, GROUPS, ACCOUNTS, "")
    assert Membership.objects.filter(member=member, given_by=method).count() == ACCOUNTS
    assert max(first, again) < MOST_S
    assert here + child < MOST_MIB
