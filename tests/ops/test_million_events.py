"""A year of the security journal of 600 people, a million lines, is searched in a fifth of a second."""

import os
import time
from datetime import date
from typing import Any

import pytest
from django.db import connection

from gis_core.database.statements import execute
from gis_core.journal.searching import Search
from gis_core.members.rights import SYSTEM, acting_as
from tests import factories

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("ARPENT_MILLION_EVENTS"), reason="./arpent test --million-events"),
]
DAY = date(2026, 3, 3)
QUESTIONS: dict[str, dict[str, Any]] = {
    "latest": {},
    "rare object": {"about": "couche-0031"},
    "frequent object": {"about": "gis_core_membership"},
    "no object": {"about": "zzzz-introuvable"},
    "kind": {"kinds": ["export"]},
    "kind that is not there": {"kinds": ["token"]},
    "day": {"since": DAY, "until": DAY},
    "object and day": {"about": "couche", "since": DAY, "until": DAY},
    "person": {"person": "cherchée"},
    "person and object": {"person": "cherchée", "about": "couche-0031"},
    "nobody": {"person": "inconnue"},
}
MILLION = """
    insert into gis_core_securityevent (reference, at, kind, event, "user", name, address, request, about, detail)
    select gen_random_uuid(), '2026-01-01'::timestamptz + n * interval '31 seconds',
        (array['sign_in', 'refusal', 'rights', 'settings', 'export', 'personal'])[1 + n % 6],
        'essai', 1000000 + n % 600, 'personne' || n % 600, '192.0.2.' || n % 250, md5(n::text),
        case n % 3 when 0 then 'gis_core_membership ' || n
            when 1 then 'catalogue_layer ' || n % 500 || ' couche-' || lpad((n % 4000)::text, 4, '0')
            else '/permis/' || n % 9000 end,
        jsonb_build_object('table', 'x', 'n', n)
    from generate_series(1, 1000000) n
"""


def test_a_million_lines_are_searched_in_a_fifth_of_a_second() -> None:
    """The slowest of three runs of each question, as its page asks it."""
    person = factories.user(username="personne-cherchee", last_name="Cherchée")
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(MILLION)
        execute('update gis_core_securityevent set "user" = %s where id %% 600 = 7', [person.pk])
        cursor.execute("analyze gis_core_securityevent")
    took: dict[str, int] = {}
    with acting_as(SYSTEM):
        for name, question in QUESTIONS.items():
            for _time in range(3):
                begun = time.perf_counter()
                Search(**question).find(most=51)
                took[name] = max(took.get(name, 0), round((time.perf_counter() - begun) * 1000))
    print(took)
    assert max(took.values()) < 200, took
