"""`./arpent doctor`: everything that should be true of an installation, each with what to do where it is not.

Nothing is repaired: what is asked leaves the platform as it is, but for a file of 64 MiB that goes at once and the test
message that `--mail` asks for. The cluster is started for the length of the questions where it does not run.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial

from gis_core.operations.cluster import Cluster
from gis_core.operations.doctor import database, machine, recovering, site
from gis_core.operations.doctor.finding import Finding, State, exit_code, run_checks, unknown
from gis_core.operations.environment import DATABASE, Place
from gis_core.operations.progress import say
from gis_core.version import VERSION

TITLES: dict[State, str] = {"ok": "bon", "warning": "à voir", "failure": "à réparer", "unknown": "inconnu"}


def run(place: Place, *, as_json: bool = False, mail: str = "") -> int:
    """Look at everything and print it; the exit code is `finding.exit_code`'s."""
    findings: list[Finding] = []
    for finding in examine(place, mail, with_speed=not as_json):
        findings.append(finding)
        if not as_json:
            say(describe(finding))
    code = exit_code(findings)
    if as_json:
        say(
            json.dumps(
                {"version": VERSION, "code": code, "findings": [asdict(one) for one in findings]}, ensure_ascii=False
            )
        )
    else:
        say(summary(findings))
    return code


def examine(place: Place, mail: str = "", *, with_speed: bool = True) -> Iterator[Finding]:
    """Every check, the machine's first: they need neither database nor site. The disk's speed is measured if asked."""
    if not place.data.is_dir():
        yield Finding(
            "data", "failure", f"{place.data} n'existe pas", "Donnez le dossier des données : --data DOSSIER."
        )
        return
    speed = [("disk-speed", partial(machine.disk_speed, place))] if with_speed else []
    yield from run_checks(
        [
            ("disk-space", partial(machine.disk_space, place)),
            *speed,
            ("memory", partial(machine.memory, place)),
            ("clock", partial(machine.clock, place)),
            ("locale", partial(machine.text_encoding, place)),
            ("limits", partial(machine.limits, place)),
            ("settings", partial(site.settings, place)),
            ("site", partial(site.answering, place)),
            ("certificate", partial(site.certificate, place)),
            ("proxy", partial(site.proxy, place)),
            ("services", site.services),
            ("mail", partial(site.mail, mail)),
            ("backups", partial(site.backups, place)),
            ("archive", partial(recovering.archive, place)),
            ("drill", partial(recovering.drill, place)),
            ("escrow", partial(recovering.keys, place)),
            ("database", partial(examine_database, place, mail)),
        ]
    )


def examine_database(place: Place, mail: str) -> Iterator[Finding]:
    """What is asked of PostgreSQL, as it is: nothing is put right before it is looked at."""
    cluster = Cluster(place)
    if cluster.is_outside:
        yield unknown("database", "la base est sur un autre serveur", "Regardez-la par : arpent database-check.")
        return
    if cluster.is_of_others:
        yield unknown("database", "la base est à un autre utilisateur", "Lancez ./arpent doctor en root ou comme lui.")
        return
    if not cluster.exists():
        yield Finding(
            "database", "failure", f"aucune base dans {place.data}", "Donnez le bon dossier : --data DOSSIER."
        )
        return
    with cluster.lease(bootstrap=False):
        with cluster.connect(DATABASE) as connection:
            connection.execute("set default_transaction_read_only = on")
            connection.execute("set statement_timeout = '60s'")
            # Otherwise taken back with the first check.
            connection.commit()
            for name, check in (database.CHECKS | {"files": partial(database.files, place=place)}).items():
                yield from run_checks([(name, partial(check, connection))])
                connection.rollback()
        if mail:
            yield from run_checks([("mail", partial(site.send_test_message, place, mail))])


def describe(finding: Finding) -> str:
    """One line, and a second one with what to do."""
    line = f"{TITLES[finding.state]:>9}  {finding.check} : {printable(finding.message)}"
    return f"{line}\n           → {printable(finding.remedy)}" if finding.remedy else line


def printable(text: str) -> str:
    """Names of files come from the site: nothing of them reaches the terminal but letters."""
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)


def summary(findings: list[Finding]) -> str:
    counts = {state: sum(finding.state == state for finding in findings) for state in TITLES}
    return "\n" + ", ".join(f"{count} {TITLES[state]}" for state, count in counts.items() if count) + "."
