"""Make each seeded fault of mutants.toml in turn and run the tests that ought to notice it.

    python tests/mutants/run.py [--only NAME ...] [--area AREA]

A mutant is killed when a test fails, survives when all of its tests pass, and is broken when they could not be run (an
exit code other than 0 and 1, or 1 without a failed test). Its file is put back whatever happens; one that differs from
the commit is not touched. Exits with 1 where a mutant survived, with 2 where one is broken or was not tried.
"""

import argparse
import re
import signal
import sys
import time
import tomllib
from pathlib import Path
from subprocess import PIPE, STDOUT, run
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FAILED = re.compile(r"^(?:FAILED|ERROR) \S+?(?:\[.*?\])?(?= |$)", re.MULTILINE)

type Mutant = dict[str, Any]
type Result = tuple[Mutant, str, float]


def chosen(only: list[str], area: str | None) -> list[Mutant]:
    every: list[Mutant] = tomllib.loads(Path(__file__).with_name("mutants.toml").read_text())["mutant"]
    if unknown := set(only) - {one["name"] for one in every}:
        sys.exit(f"no mutant of this name: {', '.join(sorted(unknown))}")
    return [one for one in every if (not only or one["name"] in only) and area in (None, one["area"])]


def check_clean(mutants: list[Mutant]) -> None:
    command = ["git", "status", "--porcelain", "--", *sorted({one["file"] for one in mutants})]
    told = run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    if told:
        sys.exit(f"these files differ from the commit, nothing was done:\n{told}")


def verdict_of(mutant: Mutant) -> tuple[str, str]:
    """What became of it, and the first test that failed, or why nothing is known."""
    for tests in mutant["tests"]:
        alone = ["-n0"] if "::" in tests else []
        command = ["./arpent", "test", "-x", "-q", *alone, tests]
        ran = run(command, cwd=ROOT, check=False, stdout=PIPE, stderr=STDOUT, encoding="utf-8", errors="replace")
        found = FAILED.search(ran.stdout)
        if ran.returncode == 1 and found:
            return "killed", found[0]
        if ran.returncode:
            return "broken", f"{tests}: exit code {ran.returncode}; {' / '.join(ran.stdout.splitlines()[-3:])}"
    return "SURVIVED", mutant["harm"]


def verdict_with(mutant: Mutant) -> tuple[str, str]:
    """The same while its fault is there; the file is as it was afterwards."""
    path = ROOT / mutant["file"]
    former = path.read_bytes()
    text = former.decode()
    if (times := text.count(mutant["was"])) != 1:
        return "broken", f"what it replaces stands {times} times in {mutant['file']}"
    try:
        path.write_bytes(text.replace(mutant["was"], mutant["becomes"]).encode())
        return verdict_of(mutant)
    finally:
        path.write_bytes(former)


def tried(mutant: Mutant) -> Result:
    print(f"{mutant['name']} … ", end="", flush=True)
    begun = time.monotonic()
    verdict, found = verdict_with(mutant)
    seconds = time.monotonic() - begun
    print(f"{verdict} ({seconds:.0f} s) {found}", flush=True)
    return mutant, verdict, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--area", choices=("rights", "deadlines", "intake", "topology"))
    given = parser.parse_args()
    # Asked to end, it is interrupted: the file is put back.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    mutants, results = chosen(given.only, given.area), list[Result]()
    check_clean(mutants)
    try:
        results.extend(tried(one) for one in mutants)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    for mutant, verdict, seconds in results:
        print(f"{mutant['area']:<9} {mutant['name']:<52} {verdict:<8} {seconds:>5.0f} s")
    verdicts = [verdict for _mutant, verdict, _seconds in results]
    print(", ".join(f"{verdicts.count(what)} {what}" for what in ("killed", "SURVIVED", "broken")), flush=True)
    return 1 if "SURVIVED" in verdicts else 0 if verdicts.count("killed") == len(mutants) else 2


if __name__ == "__main__":
    sys.exit(main())
