"""`python -m benchmarks [--peers | --load] [--only WORDS] [--json FILE] [--data DIR]`: what `./arpent bench` runs."""

import argparse
import json
import os
import sys
from pathlib import Path

from benchmarks.database import prepare
from benchmarks.rows import Row, exit_code, run_measure, table
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say, step

LOAD_S = 600.0


def main(arguments: list[str]) -> int:
    """Measure everything; 1 when a promise does not hold or could not be measured."""
    parser = argparse.ArgumentParser(prog="arpent bench")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--load", action="store_true", help="300, then 600 people at work, and nothing else")
    parser.add_argument("--seconds", type=float, default=LOAD_S, help="how long each crowd of --load works")
    parser.add_argument("--only", default="", help="the steps whose title contains these words")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--data")
    asked = parser.parse_args(arguments)
    place = Place.current(asked.data)
    with Cluster(place).lease():
        rows = measure(place, peers=asked.peers, load_s=asked.seconds if asked.load else None, only=asked.only)
    if asked.json:
        asked.json.write_text(json.dumps([row.as_json() for row in rows], ensure_ascii=False, indent=2) + "\n")
    say("\n" + table(rows))
    return exit_code(rows)


def measure(place: Place, *, peers: bool, load_s: float | None = None, only: str = "") -> list[Row]:
    """Every row, its steps announced, or those of crowds at work for `load_s`; of the steps whose title contains some
    words."""
    made = prepare(place)
    os.environ.update(made.environment("owner"), DJANGO_SETTINGS_MODULE="gis_core.settings")
    import django

    django.setup()
    from benchmarks.plan import crowds, everything

    rows: list[Row] = []
    steps = everything(made, peers=peers) if load_s is None else crowds(made, load_s)
    for one in steps:
        if only.lower() not in one.title.lower():
            continue
        with step(one.title):
            rows += run_measure(one.rows, one.take)
    return rows


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperationFailedError as failure:
        print(f"{failure.detail}\n{failure.message}".strip(), file=sys.stderr)
        sys.exit(1)
