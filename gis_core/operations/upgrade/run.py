"""`./arpent upgrade`: to another version and, where any step fails or is interrupted, back with the data as they were.

Everything that can be refused is refused, and the new version unpacked and installed, while people go on working. Then
the steps of `state.STEPS`, each written down before it begins. Until people use the new version every failure leads
back: by itself, or by `--resume` where this program was killed.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from gis_core.operations import bundle, maintenance, signature
from gis_core.operations.backup import backup_lock
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import ROOT, Place, is_outside
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.keeper import notify_manager
from gis_core.operations.processes import remove
from gis_core.operations.progress import french_seconds, say, step
from gis_core.operations.upgrade import checks, outside_point, site_control
from gis_core.operations.upgrade.state import ORDER, STEPS, Home, State

KEYS = "release-keys"
MINUTES_ANNOUNCED = 5


@dataclass(frozen=True)
class Wishes:
    """What the operator asks for: the bundle, further public keys, how long jobs are waited for (minutes)."""

    source: Path | None
    keys: Path | None = None
    unsigned: bool = False
    resume: bool = False
    jobs_minutes: int = 10


def run(place: Place, wishes: Wishes) -> int:
    """Upgrade, or end what was interrupted."""
    home = checks.find_home()
    # The system users of the site and of the database read the versions.
    os.umask(0o022)
    with home.lock():
        state = home.read()
        if wishes.resume:
            return resume(home, state)
        if state is not None:
            raise OperationFailedError(
                f"Une mise à jour vers Arpent {state.target} s'est interrompue (étape « {STEPS[state.step]} ») : lancez"
                " d'abord ./arpent upgrade --resume."
            )
        if wishes.source is None:
            raise OperationFailedError("Donnez le fichier du paquet : ./arpent upgrade arpent-VERSION.tar")
        if home.link.resolve() != ROOT:
            raise OperationFailedError(f"La version en service est {home.current} : lancez {home.link}/arpent upgrade.")
        target = prepare(home, place, wishes, wishes.source)
        services, port = site_control.find_services(place)
        state = State(home.current, target, str(place.data), services, port, ORDER[0])
        with alone(place):
            go(home, state)
    return 0


def alone(place: Place) -> AbstractContextManager[None]:
    """No backup of ours begins meanwhile; an outside database has none."""
    return nullcontext() if is_outside() else backup_lock(place)


def prepare(home: Home, place: Place, wishes: Wishes, source: Path) -> str:
    """Check everything, and install the new version beside the one in use; its name."""
    checks.check_data(home, place)
    keys = [wishes.keys] if wishes.keys else [signature.KEYS, home.folder / KEYS]
    cluster = Cluster(place)
    if not cluster.exists():
        raise OperationFailedError(f"Il n'y a pas de base dans {place.data} : donnez le dossier des données, --data.")
    with bundle.open_bundle(source, keys, home.folder, unsigned=wishes.unsigned) as (folder, facts):
        checks.check_path(facts)
        checks.check_machine(facts, cluster)
        checks.check_space_for_version(home, folder)
        new = home.version(facts.version)
        checks.remove_earlier_try(new)
        try:
            with step("Nouvelle version"):
                bundle.unpack_version(folder, new)
            checks.check_database(place, home.folder, new, facts.version)
            with step("Bibliothèques de la nouvelle version"):
                site_control.run("docker/provision.sh", [str(new / "docker" / "provision.sh"), "run"])
            if site_control.find_services(place)[0] == site_control.SYSTEMD:
                site_control.write_services(new, dry_run=True)
            checks.check_backup(place)
            checks.wait_for_jobs(cluster, wishes.jobs_minutes)
        except BaseException:
            remove(new)
            raise
    return facts.version


def go(home: Home, state: State) -> None:
    """All steps, or back again: raises OperationFailedError, which says where it failed and what is in use now."""
    upgrade = Upgrade(home, state)
    begun = time.monotonic()
    try:
        for name in ORDER:
            upgrade.state = replace(state, step=name)
            home.write(upgrade.state)
            with step(STEPS[name].capitalize()):
                upgrade.action(name)()
    except BaseException as error:
        if upgrade.state.step == "open":
            # People may be at work already: forward only.
            raise
        reason = describe(error)
        go_back(home, replace(upgrade.state, reason=reason))
        raise OperationFailedError(
            f"La mise à jour vers Arpent {state.target} a échoué à l'étape « {STEPS[upgrade.state.step]} » ({reason})."
            f" Arpent {state.former} est de nouveau en service avec ses données d'avant.",
            getattr(error, "detail", ""),
        ) from error
    away = time.monotonic() - begun
    end(home, state)
    say(f"Arpent {state.target} est en service. Indisponibilité : {french_seconds(away)}.")
    say(f"La version {state.former} reste dans {home.version(state.former)} : effacez-la quand vous voulez.")


def describe(error: BaseException) -> str:
    """Why, without a full stop."""
    if isinstance(error, OperationFailedError):
        return error.message.rstrip(".")
    return "interrompue" if isinstance(error, KeyboardInterrupt) else f"erreur inattendue : {error}"


@dataclass
class Upgrade:
    """The steps of one upgrade, from the first that people notice on."""

    home: Home
    state: State

    @property
    def place(self) -> Place:
        return Place(Path(self.state.data))

    @property
    def services(self) -> site_control.SiteControl:
        return site_control.control(self.state.services, self.home.link, self.place, self.state.port)

    @property
    def point(self) -> outside_point.Point:
        return outside_point.point_of(self.place, self.home.folder)

    def action(self, name: str) -> Callable[[], None]:
        return {
            "maintenance": self.announce,
            "stop": self.services.stop,
            "copy": self.copy,
            "migrate": self.migrate,
            "switch": lambda: self.home.switch(self.state.target),
            "start": self.services.start,
            "smoke": self.smoke,
            "open": self.open,
        }[name]

    def announce(self) -> None:
        """Pages say it from now on, with the hour."""
        until = datetime.now(maintenance.ZONE) + timedelta(minutes=MINUTES_ANNOUNCED)
        message = f"Arpent passe à la version {self.state.target}."
        maintenance.begin(self.place, message, until.isoformat(timespec="minutes"))

    def copy(self) -> None:
        self.point.make_copy()

    def migrate(self) -> None:
        self.operate("migrate", "--noinput")

    def smoke(self) -> None:
        """The new version's own trial of itself: sign-in, map, tile, sheet, letter."""
        self.operate("smoke", role="arpent_web")

    def open(self) -> None:
        """People, and jobs too: what they do is kept, for from here on there is no way back."""
        maintenance.end(self.place)
        self.services.finish()

    def operate(self, *arguments: str, role: str = "") -> None:
        """A Django command of the new version; where root runs it, it hands over by itself."""
        root = self.home.version(self.state.target)
        # It ends with us: what a killed upgrade left at work would go on in the database that was put back.
        ends_with_us = ["/usr/bin/setpriv", "--pdeathsig", "TERM", "--"]
        command = [*ends_with_us, str(root / ".venv" / "bin" / "python"), "-P", "-m", "gis_core.operations", "manage"]
        left_out = ("ARPENT_RUN", "ARPENT_LEASE", "ARPENT_DB_USER")
        env = {name: value for name, value in os.environ.items() if name not in left_out}
        env |= {"PYTHONPATH": str(root)} | ({"ARPENT_DB_USER": role} if role else {})
        site_control.run(f"arpent manage {arguments[0]}", [*command, "--data", self.state.data, *arguments], env)


def go_back(home: Home, state: State) -> None:
    """The former version and its data, whatever step was begun; may be interrupted and called again."""
    upgrade = Upgrade(home, state)
    # Handlers: services that are started meanwhile would inherit that signals are ignored.
    signs = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    former = {sign: signal.signal(sign, lambda *_: None) for sign in signs}
    try:
        home.write(state)
        with step(f"Retour à Arpent {state.former}"):
            upgrade.services.stop()
            # At boot systemd starts nothing of Arpent before: from now on we do.
            notify_manager("READY=1")
            if home.current != state.former:
                home.switch(state.former)
            upgrade.point.put_back() if state.has_begun("migrate") else upgrade.point.drop_copy()
            if state.has_begun("start"):
                # Tiles are kept by layer and version: those of the new version would be taken for this one's.
                remove(upgrade.place.cache)
            upgrade.services.start()
            upgrade.services.finish()
            maintenance.end(upgrade.place)
            home.forget()
    except (OperationFailedError, OSError) as error:
        said = error.message if isinstance(error, OperationFailedError) else f"{error.strerror}."
        raise OperationFailedError(
            f"Le retour à Arpent {state.former} n'a pas pu se terminer : {said} Corrigez, puis lancez"
            f" {home.version(state.former)}/arpent upgrade --resume : rien n'est perdu, le retour reprend.",
            getattr(error, "detail", ""),
        ) from error
    finally:
        for sign, handler in former.items():
            signal.signal(sign, handler)


def end(home: Home, state: State) -> None:
    """People use the new version: the copy of the database goes."""
    upgrade = Upgrade(home, state)
    maintenance.end(upgrade.place)
    upgrade.point.drop_copy()
    home.forget()


def resume(home: Home, state: State | None) -> int:
    """Say where an interrupted upgrade was, and end it: back, or forward where people used the new version already."""
    if state is None:
        notify_manager("READY=1")
        say("Aucune mise à jour n'est interrompue ici.")
        return 0
    say(f"La mise à jour de {state.former} vers {state.target} s'est interrompue, étape « {STEPS[state.step]} ».")
    with alone(Place(Path(state.data))):
        if state.has_begun("open"):
            services = Upgrade(home, state).services
            notify_manager("READY=1")
            services.start()
            services.finish()
            end(home, state)
            say(f"Elle était faite : Arpent {state.target} est en service.")
        else:
            go_back(home, state)
            say(f"Arpent {state.former} est de nouveau en service avec ses données d'avant.")
    return 0
