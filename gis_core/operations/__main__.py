"""`python -m gis_core.operations <command>`: what `./arpent` runs once the machine has its packages."""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from gis_core.operations import account, check, configuration, demo, manage, test_run
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DEFAULT_PORT, Place, check_own_database, is_outside, variables
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say
from gis_core.operations.upgrade import state as upgrade_state

# Commands whose options belong to another program (Django, pytest, the benchmark).
PASSED_ON = ("manage", "test", "bench")
# Commands that root does not run itself.
HANDED_OVER = ("demo", "serve", "worker", "manage")


# Those that run for long, for which root gives PostgreSQL a system user of its own.
LASTING = ("demo", "serve", "worker")

# Commands that neither need a data folder's settings nor a library.
BEFORE_SETTINGS = ("install", "uninstall", "database-script")

# Commands that put things back when they are asked to end, as after Ctrl-C.
CLEANED_UP = ("backup", "nightly", "archive", "restore", "drill", "prepare", "bundle", "upgrade")


class Parser(argparse.ArgumentParser):
    """Answers a mistake with one French sentence."""

    def error(self, message: str) -> NoReturn:
        raise OperationFailedError(f"Commande non comprise ({message}). Tapez ./arpent pour la liste des commandes.")


def parser() -> Parser:
    """The commands and their options."""
    common = Parser(add_help=False)
    common.add_argument("--data")
    port = Parser(add_help=False)
    port.add_argument("--port", type=int)
    commands = Parser(prog="arpent", add_help=False)
    add = commands.add_subparsers(dest="command", required=True, parser_class=Parser).add_parser
    demonstration = add("demo", parents=[common, port])
    demonstration.add_argument("--detach", action="store_true")
    # By an upgrade, which has brought the tables up to date.
    demonstration.add_argument("--prepared", action="store_true")
    add("stop", parents=[common])
    add("serve", parents=[common, port]).add_argument("--sockets", type=Path)
    add_installation(add, common)
    add("worker", parents=[common])
    for command in PASSED_ON:
        add(command, parents=[common])
    for command in ("check", "translate"):
        add(command, parents=[common]).add_argument("app", nargs="?", default="")
    save = add("backup", parents=[common])
    save.add_argument("file", type=Path, nargs="?")
    save.add_argument("--verify", action="store_true")
    add("nightly", parents=[common])
    add("prepare", parents=[common, port])
    add("keep", parents=[common]).add_argument("--ready", type=int)
    # By root, who leaves the folder of the database to its user.
    launch = add("launch", parents=[common])
    launch.add_argument("--bare", action="store_true")
    launch.add_argument("--seconds", type=int, default=60)
    add_recovery(add, common)
    maintenance = add("maintenance", parents=[common])
    maintenance.add_argument("action", choices=["on", "read-only", "off", "status"])
    maintenance.add_argument("--message", default="")
    maintenance.add_argument("--until", default="")
    support = add("support-bundle", parents=[common])
    support.add_argument("file", type=Path)
    support.add_argument("--yes", action="store_true")
    add("sbom", parents=[common]).add_argument("folder", type=Path, nargs="?", default=Path())
    add("audit", parents=[common]).add_argument("advisories", type=Path, nargs="?")
    bundle = add("bundle")
    bundle.add_argument("file", type=Path, nargs="?")
    bundle.add_argument("--sign", type=Path)
    bundle.add_argument("--debs", action="store_true")
    upgrade = add("upgrade", parents=[common])
    upgrade.add_argument("source", type=Path, nargs="?")
    upgrade.add_argument("--keys", type=Path)
    upgrade.add_argument("--jobs-minutes", type=int, default=10)
    for choice in ("--unsigned", "--resume"):
        upgrade.add_argument(choice, action="store_true")
    doctor = add("doctor", parents=[common])
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument("--mail", default="")
    cluster = add("cluster", parents=[common])
    cluster.add_argument("action", choices=["start", "stop", "status", "environment"])
    cluster.add_argument("--tests", action="store_true")
    return commands


def add_installation(add: Callable[..., Parser], common: Parser) -> None:
    """What makes a machine a server, and its database one of ours."""
    install = add("install", parents=[common])
    install.add_argument("--answers", type=Path)
    install.add_argument("--dry-run", action="store_true")
    install.add_argument("--bundle", type=Path)
    install.add_argument("--keys", type=Path)
    install.add_argument("--unsigned", action="store_true")
    # By an upgrade: the units and the proxy's configuration of the version that it starts.
    install.add_argument("--services", action="store_true")
    uninstall = add("uninstall", parents=[common])
    uninstall.add_argument("--delete-data", action="store_true")
    uninstall.add_argument("--yes", action="store_true")
    script = add("database-script", parents=[common])
    script.add_argument("--dsn", default="")
    script.add_argument("--passwords", type=Path)
    add("database-check", parents=[common])


def add_recovery(add: Callable[..., Parser], common: Parser) -> None:
    """What brings back a backup, or a second of the archive."""
    bring_back = add("restore", parents=[common])
    bring_back.add_argument("file", type=Path, nargs="?")
    bring_back.add_argument("--force", action="store_true")
    bring_back.add_argument("--at", default="")
    for option in ("--last", "--show", "--yes"):
        bring_back.add_argument(option, action="store_true")
    add("archive", parents=[common])
    add("files-at").add_argument("action", choices=["plan", "apply"])
    escrow = add("escrow", parents=[common])
    escrow.add_argument("file", type=Path, nargs="?")
    escrow.add_argument("--enter", action="store_true")
    add("drill", parents=[common])


def split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is ours to parse, and what another program gets untouched (all but a leading `--data`)."""
    if arguments[:1] and arguments[0] in PASSED_ON:
        ours = 3 if arguments[1:2] == ["--data"] else 2 if arguments[1:2] and arguments[1].startswith("--data=") else 1
        return arguments[:ours], arguments[ours:]
    return arguments, []


def main(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    ours, passed_on = split(arguments)
    options = parser().parse_args(ours)
    if options.command in BEFORE_SETTINGS:
        return install_or_remove(options)
    if options.command == "bundle":
        return make_bundle(options)
    place = Place.current(getattr(options, "data", None))
    configuration.load(place.data)
    if "port" in options and options.port is None:
        options.port = int(os.environ.get("ARPENT_PORT", DEFAULT_PORT))
    if options.command in LASTING:
        upgrade_state.refuse_unfinished()
    if options.command in HANDED_OVER:
        account.check_readable(passed_on)
        hand_over(place, options, arguments, passed_on)
    if options.command in CLEANED_UP:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    match options.command:
        case "demo":
            return demo.run(place, options.port, detach=options.detach, prepared=options.prepared)
        case "stop":
            return demo.stop(place)
        case "serve":
            return demo.serve(place, options.port, options.sockets)
        case "worker":
            return demo.work(place)
        case "manage":
            return manage.run(place, passed_on)
        case "test":
            return test_run.run(place, passed_on)
        case "bench":
            return manage.run(place, ["bench", *passed_on])
        case "check":
            return check.run(place, options.app)
        case "translate":
            from gis_core.operations import translations

            return translations.translate(variables(place.for_tests, "test"), options.app)
        case "backup":
            return back_up(place, options.file, verified=options.verify)
        case "restore":
            return bring_back(place, options)
        case "nightly" | "archive" | "files-at" | "escrow" | "drill":
            return recover(place, options)
        case "prepare":
            return demo.prepare(place, options.port)
        case "keep" | "launch":
            return run_database(place, options)
        case "sbom" | "audit":
            return publish(options)
        case "maintenance" | "support-bundle" | "doctor" | "database-check" | "upgrade":
            return administer(place, options)
        case "cluster":
            return cluster_command(Cluster(place.for_tests if options.tests else place, options.tests), options.action)
    raise AssertionError(options.command)


def run_database(place: Place, options: argparse.Namespace) -> int:
    """PostgreSQL as its own user runs it: kept for others, or started for root, who uses it."""
    from gis_core.operations import keeper

    if options.command == "keep":
        return keeper.run(place, options.ready)
    Cluster(place, start_seconds=options.seconds).start(bootstrap=not options.bare)
    return 0


def install_or_remove(options: argparse.Namespace) -> int:
    """Commands that the machine's own Python runs, before or after an Arpent is there."""
    from gis_core.operations.installation import database_script, from_bundle, install, refresh, uninstall

    if options.command == "install":
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        if options.services:
            return refresh.run(dry_run=options.dry_run)
        source = options.bundle.absolute() if options.bundle else None
        packed = from_bundle.Packed(source, options.keys, options.unsigned) if source else None
        return install.run(options.answers, dry_run=options.dry_run, packed=packed)
    if options.command == "uninstall":
        return uninstall.run(delete_data=options.delete_data, at_once=options.yes)
    return database_script.run(options.dsn, options.passwords)


def bring_back(place: Place, options: argparse.Namespace) -> int:
    """A file of `./arpent backup`, or a second of the continuous archive."""
    from gis_core.operations import instants, recovery, restore

    if sum(map(bool, (options.file, options.at, options.last))) != 1:
        raise OperationFailedError(
            'Dites quoi rétablir : ./arpent restore FICHIER, --at "2026-11-28 03:10", ou --last (la fin de l\'archive).'
        )
    check_own_database()
    if options.file:
        return restore.restore(place, options.file, force=options.force)
    instant = instants.parse_instant(options.at) if options.at else None
    return recovery.restore_at(place, recovery.Request(instant, options.show, options.yes))


def recover(place: Place, options: argparse.Namespace) -> int:
    """What the backups of the nights, the continuous archive and their trials need."""
    match options.command:
        case "nightly":
            from gis_core.operations import nightly

            return nightly.keep_backing_up(place)
        case "archive":
            from gis_core.operations import archive

            return archive.keep_archiving(place)
        case "files-at":
            from gis_core.operations import file_recovery

            return file_recovery.answer(options.action)
        case "escrow":
            from gis_core.operations import escrow

            return escrow.enter(place) if options.enter else escrow.print_sheet(place, options.file)
    from gis_core.operations import drill

    check_own_database()
    return drill.run(place)


def administer(place: Place, options: argparse.Namespace) -> int:
    """What an administrator asks of an installation that runs."""
    from gis_core.operations import doctor, maintenance, support_bundle
    from gis_core.operations.installation import present_database

    if options.command == "database-check":
        return present_database.check(place)
    if options.command == "upgrade":
        return upgrade(place, options)
    if options.command == "maintenance":
        say(maintenance.run(place, options.action, options.message, options.until))
        return 0
    if options.command == "support-bundle":
        return support_bundle.run(place, options.file, at_once=options.yes)
    return doctor.run(place, as_json=options.json, mail=options.mail)


def publish(options: argparse.Namespace) -> int:
    """What is said of the libraries of a version."""
    from gis_core.operations import audit, bill_of_materials

    if options.command == "sbom":
        return bill_of_materials.write(options.folder)
    return audit.run(options.advisories)


def make_bundle(options: argparse.Namespace) -> int:
    """A version as one file; no data folder is asked."""
    from gis_core.operations import bundle

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return bundle.make(options.file, key=options.sign, with_debs=options.debs)


def upgrade(place: Place, options: argparse.Namespace) -> int:
    """To the version of a bundle, and back where that fails."""
    from gis_core.operations.upgrade import run as upgrading

    source = options.source.absolute() if options.source else None
    wishes = upgrading.Wishes(source, options.keys, options.unsigned, options.resume, options.jobs_minutes)
    return upgrading.run(place, wishes)


def hand_over(place: Place, options: argparse.Namespace, arguments: list[str], passed_on: list[str]) -> None:
    """Root goes on as the system user of the site, once another one keeps the database; nothing for others."""
    if os.geteuid() != 0 or account.stays_root():
        return
    if options.command == "demo":
        # Before anything is started or given away.
        demo.check_start(place, options.port)
    apart = account.hand_data_over(place, lasting=options.command in LASTING)
    if apart:
        if not is_outside():
            account.keep_database(place)
        if options.command == "demo" and not options.prepared and demo.is_free(place):
            command = ["prepare", "--data", str(place.data), "--port", str(options.port)]
            if code := account.run_as_database_user(place, command):
                account.leave(place, code)
        if options.command == "manage" and manage.role_of_command(passed_on) == "owner":
            account.leave(place, account.run_as_database_user(place, arguments))
    account.go_on(place, arguments, apart=apart)


def back_up(place: Place, file: Path | None, *, verified: bool) -> int:
    """Into the file that is named, or as every night: into the folder of backups, verified, the oldest ones removed."""
    from gis_core.operations import backup, nightly, verification

    if file is None:
        return nightly.back_up_now(place)
    return verification.make_verified_backup(place, file) if verified else backup.backup(place, file)


def cluster_command(cluster: Cluster, action: str) -> int:
    """Start and leave running, stop, or describe the cluster alone; `environment` prints what a shell has to export."""
    if action == "environment":
        ours = variables(cluster.place, "test" if cluster.for_tests else "worker")
        say(
            "".join(f"export {name}={shlex.quote(ours[name])}\n" for name in sorted(ours) if name.startswith("ARPENT_"))
        )
        return 0
    if action == "start":
        cluster.leave_running()
    if action == "stop":
        # What leases it would start it again.
        cluster.stop_if_unused()
    running = cluster.running_pid() is not None
    say(f"PostgreSQL : {'en marche' if running else 'arrêté'}, dossier {cluster.data}, prise {cluster.socket}")
    return 0 if running or action == "stop" else 3


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except OperationFailedError as failure:
        print(f"{failure.detail}\n{failure.message}".strip(), file=sys.stderr)
        sys.exit(1)
    except (KeyboardInterrupt, EOFError):
        # Ctrl-C, or Ctrl-D where something was to be typed.
        sys.exit(130)
