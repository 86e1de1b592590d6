"""`./arpent bench`: the measures run in a process of their own, on a database of their own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gis_core.operations.environment import ROOT


class Command(BaseCommand):
    help = "Measures the speed and the memory that are promised; exit code 1 when a promise does not hold."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--peers", action="store_true", help="Compare with other servers, installed when missing.")
        parser.add_argument("--load", action="store_true", help="300, then 600 people at work, and nothing else.")
        parser.add_argument("--seconds", type=float, help="How long each crowd of --load works.")
        parser.add_argument("--only", default="", help="Only the steps whose title contains these words.")
        parser.add_argument("--json", type=Path, help="Write the rows to this file.")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        command = [sys.executable, "-m", "benchmarks", "--only", options["only"]]
        if options["peers"]:
            command.append("--peers")
        if options["load"]:
            command.append("--load")
        if options["seconds"]:
            command += ["--seconds", str(options["seconds"])]
        if options["json"]:
            command += ["--json", str(options["json"].absolute())]
        sys.exit(subprocess.run(command, cwd=ROOT, check=False).returncode)
