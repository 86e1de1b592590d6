"""`./arpent install`: what makes a bare Debian 13 an Arpent's server, in an order that can be cut anywhere."""

import os
import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from gis_core.operations import archive_target, configuration, proxy
from gis_core.operations.configuration import FILE, LINE
from gis_core.operations.environment import DB_USER, OS_USER, PASSWORDS, Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import database_script, refusals, units
from gis_core.operations.installation.answers import ACME, LOCAL, Answers, ask, read_answers
from gis_core.operations.installation.certificate import acme_request, certificate_items
from gis_core.operations.installation.from_bundle import Packed, kept_keys, unpacked
from gis_core.operations.installation.items import Command, File, Folder, Item, Link, Stage
from gis_core.operations.installation.layout import PROXY_USER, SITE_PORT, Layout
from gis_core.operations.progress import say

SYSTEMD = Path("/run/systemd/system")
# What is not a version's own: it is made again where the version is put.
LEFT_OUT = (".git", ".venv", ".boot", "var", "node_modules", "__pycache__", "test-results", ".*_cache")
AGAIN = "Corrigez la cause ci-dessus, puis relancez la même commande : elle reprend où elle en était."


def run(file: Path | None, *, dry_run: bool, packed: Packed | None = None) -> int:
    """Install from this code or from a bundle, go on with what was cut short, or apply answers that changed."""
    if packed is None:
        return run_from(Layout(), file, dry_run=dry_run)
    with unpacked(packed, Layout()) as layout:
        keys = kept_keys(packed.keys, layout)
        return run_from(layout, file, dry_run=dry_run, keys=keys)


def run_from(layout: Layout, file: Path | None, *, dry_run: bool, keys: Sequence[File] = ()) -> int:
    """The installation itself; `layout.source` is what is installed. Raises OperationFailedError."""
    answers = read_answers(file) if file else known_answers(layout) or ask()
    stages = list_stages(layout, answers)
    if keys:
        # Once the folder of the versions is there.
        stages.insert(3, Stage("Clés publiques des mises à jour", keys))
    if dry_run:
        say("Rien n’est changé : voici ce qui serait fait.\n")
        say("\n\n".join(stage.describe() for stage in stages))
        return 0
    refusals.check_machine(layout, answers)
    os.umask(0o022)
    for stage in stages:
        say(f"{stage.title}…")
        stage.apply()
    say(summary(layout, answers))
    return 0


def known_answers(layout: Layout) -> Answers | None:
    """Those of the installation that is here, whole or cut short."""
    if os.geteuid() != 0 or not layout.answers.is_file():
        return None
    say(f"Réponses reprises de {layout.answers}.")
    return read_answers(layout.answers)


def list_stages(layout: Layout, answers: Answers) -> list[Stage]:
    """What is done, in its order: what says that something is installed comes first, what is started last."""
    stages = [
        Stage(
            "Réponses",
            [File(layout.answers, answers.as_file(), 0o600, masked=answers.as_file(without_secrets=True))],
        ),
        Stage("Paquets de Debian et comptes du système", packages(layout, answers)),
        Stage("Code de cette version", code(layout)),
        Stage("Dossier des données et réglages", settings(layout, answers)),
        Stage("Base qui est là", [operation(layout, answers, "database-check", failure="La base ne convient pas.")]),
        Stage("Version en service", [Link(layout.current, layout.version), wrapper(layout, answers)]),
        Stage("Certificat", certificate_items(layout, answers)),
        Stage("Serveur frontal", front(layout, answers)),
        Stage("Services", service_items(layout, answers)),
        Stage("Tables", [operation(layout, answers, "manage", "migrate", "--noinput", failure=AGAIN)]),
        Stage("Démarrage", start(layout, answers)),
    ]
    if answers.values["CERTIFICATE"] == ACME:
        stages.append(Stage("Certificat de l’autorité ACME", [acme_request(layout, answers)]))
    return [*stages, Stage("Premier administrateur", [first_administrator(layout, answers)])]


def packages(layout: Layout, answers: Answers) -> list[Item]:
    """Debian's packages and the system users, as a demonstration has them, and the proxy's own user."""
    fetch = ["apt-get", "-q", "install", "-y", "--no-install-recommends", "certbot"]
    acme = [Command(fetch, AGAIN, unless=lambda: _has_package("certbot"))]
    return [
        Command([str(layout.source / "docker/provision.sh"), "system"], AGAIN, printed=True),
        *(acme if answers.values["CERTIFICATE"] == ACME else []),
        Command(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", PROXY_USER],
            AGAIN,
            unless=lambda: f"{PROXY_USER}:" in Path("/etc/passwd").read_text(),
        ),
    ]


def _has_package(name: str) -> bool:
    return Path(f"/var/lib/dpkg/info/{name}.list").is_file()


def code(layout: Layout) -> list[Item]:
    """The version's own folder, whole or absent, with its libraries and its map."""
    part = layout.versions / f".{layout.version}.part"
    excluded = " ".join(f"--exclude={shlex.quote(name)}" for name in LEFT_OUT)
    copy = (
        f"rm -rf {part} && mkdir -p {part} && tar -C {shlex.quote(str(layout.source))} {excluded} -cf - ."
        f" | tar -C {part} --no-same-owner -xf - && mv {part} {layout.code}"
    )
    return [
        Folder(layout.versions),
        Command(["bash", "-o", "pipefail", "-c", copy], AGAIN, unless=layout.code.exists, writes=layout.versions),
        Command([str(layout.code / "docker/provision.sh"), "run"], AGAIN, printed=True, writes=layout.versions),
    ]


def settings(layout: Layout, answers: Answers) -> list[Item]:
    """The data folder, the settings' file in it, and the secrets apart."""
    path = answers.data / FILE
    items: list[Item] = [Folder(layout.settings), Folder(answers.data, 0o1775, DB_USER, OS_USER)]
    if answers.mail:
        masked = "(adresse du serveur de courriel, avec son mot de passe)"
        items.append(File(mail_file(layout), f"{answers.mail}\n", 0o640, "root", OS_USER, masked=masked))
    if answers.dsn:
        passwords = Path(answers.values["DATABASE_PASSWORDS"])
        by_role = database_script.read_passwords(passwords, answers.dsn)
        where = database_script.where(answers.dsn)
        for key, user, roles in (
            ("owner", DB_USER, database_script.ROLES[:1]),
            ("site", OS_USER, database_script.ROLES[1:]),
        ):
            text = "".join(f"{where}:{role}:{by_role[role]}\n" for role in roles)
            target = layout.root / PASSWORDS["owner" if key == "owner" else "site"].relative_to("/")
            items.append(File(target, text, 0o400, user, OS_USER, masked=f"(mots de passe de {', '.join(roles)})"))
    return [
        *items,
        File(path, settings_text(present_settings(path), site_settings(layout, answers)), 0o640, "root", OS_USER),
    ]


def mail_file(layout: Layout) -> Path:
    return layout.settings / "email-url"


def site_settings(layout: Layout, answers: Answers) -> dict[str, str]:
    """The settings that follow from the answers (docs/reference/reglages.md)."""
    ours = {
        "ARPENT_SITE_URL": f"https://{answers.site.netloc}",
        "ARPENT_ALLOWED_HOSTS": answers.site.netloc,
        "ARPENT_HTTPS": "1",
        # Our own proxy, which says whom it asks for.
        "ARPENT_TRUSTED_PROXIES": "1",
        "ARPENT_BACKUP_AT": "" if answers.dsn else answers.values["ARPENT_BACKUP_AT"],
    }
    if answers.mail:
        ours |= {
            "ARPENT_EMAIL_URL_FILE": str(mail_file(layout)),
            "ARPENT_EMAIL_FROM": answers.values["ARPENT_EMAIL_FROM"],
        }
    if answers.dsn:
        ours |= {
            "ARPENT_DB_OUTSIDE": "1",
            "ARPENT_DB_HOST": answers.dsn.hostname or "",
            "ARPENT_DB_PORT": str(answers.dsn.port or 5432),
            "ARPENT_DB_NAME": database_script.database_name(answers.dsn),
        }
    return ours


OURS = re.compile(r"ARPENT_(SITE_URL|ALLOWED_HOSTS|HTTPS|TRUSTED_PROXIES|BACKUP_AT|EMAIL_(URL|URL_FILE|FROM)|DB_\w+)")
HEADER = "# De ./arpent install : changez plutôt /etc/arpent/install.conf, puis relancez-la."


def present_settings(path: Path) -> str:
    """The file that is there, if nobody but root can have written it: the site writes in its folder.

    Raises OperationFailedError.
    """
    try:
        return configuration.read_own(path, {0, os.geteuid()}).decode()
    except FileNotFoundError:
        return ""


def settings_text(present: str, ours: dict[str, str]) -> str:
    """Ours, then the administrator's own lines as they are."""

    def is_ours(line: str) -> bool:
        match = LINE.fullmatch(line.strip())
        return line == HEADER or bool(match and OURS.fullmatch(match[1]))

    kept = [line for line in present.splitlines() if not is_ours(line)]
    return "\n".join([HEADER, *(f"{name}={value}" for name, value in ours.items()), *kept]) + "\n"


def wrapper(layout: Layout, answers: Answers) -> File:
    """`arpent` as the administrator types it."""
    data = f": ${{ARPENT_DATA={shlex.quote(str(answers.data))}}}"
    text = f'#!/bin/sh\n{data}\nexport ARPENT_DATA\nexec {layout.current}/arpent "$@"\n'
    return File(layout.command, text, 0o755)


def front(layout: Layout, answers: Answers) -> list[Item]:
    """nginx's configuration, and the pages of what it refuses by itself."""
    tls = proxy.Tls(
        answers.host,
        answers.https_port,
        answers.http_port,
        refusals.addresses(answers),
        layout.certificate,
        layout.key,
    )
    place = Place(answers.data)
    lua = layout.current / "gis_core/operations/proxy/whole_body.lua"
    present = configuration.read(answers.data / FILE)[0]
    limits = {name: present[name][0] for name in proxy.LIMITS if name in present}
    text = proxy.configuration_text(place, SITE_PORT, layout.proxy, tls, layout.sockets, lua, limits)
    pages = [File(layout.proxy / "refusals" / name, page) for name, page in proxy.refusal_texts().items()]
    folders: list[Item] = [
        Folder(layout.proxy, 0o755, PROXY_USER, PROXY_USER),
        Folder(layout.proxy / "refusals"),
        Folder(layout.proxy / "acme"),
    ]
    return [*folders, *pages, File(layout.proxy_settings, text)]


def service_items(layout: Layout, answers: Answers) -> list[Item]:
    """Units, without those that are no longer asked for, what is made at boot, rotation."""
    present = unit_files(layout, answers)
    gone = [layout.units / name for name in units.OPTIONAL]
    gone = [path for path in gone if path not in {file.path for file in present}]
    return [
        *(item for path in gone for item in remove_unit(path)),
        *present,
        File(layout.folders_at_boot, units.folders_at_boot(layout, answers)),
        *([File(layout.rotation, units.rotation(answers))] if answers.dsn is None else []),
    ]


def unit_files(layout: Layout, answers: Answers) -> list[File]:
    """Those that the answers, and the archive among the settings that are there, ask for."""
    return units.unit_files(layout, answers, present_archive(answers.data / FILE) if answers.dsn is None else None)


def present_archive(path: Path) -> archive_target.Target | None:
    """Where the administrator's own line says that the continuous archive lies. Raises OperationFailedError."""
    value, where = configuration.read(path)[0].get(archive_target.SETTING, ("", ""))
    if fault := archive_target.address_fault(value):
        raise OperationFailedError(f"{where} : {archive_target.SETTING} : {fault}.")
    return archive_target.parse(value) if value else None


def remove_unit(path: Path) -> list[Item]:
    """One that is there and should not: stopped, no longer started at boot, gone."""
    return [
        Command(
            ["systemctl", "disable", "--now", path.name], AGAIN, unless=lambda: not (path.exists() and SYSTEMD.is_dir())
        ),
        Command(["rm", "-f", str(path)], AGAIN, unless=lambda: not path.exists()),
    ]


def operation(layout: Layout, answers: Answers, *arguments: str, failure: str) -> Command:
    """A command of the version that is installed, in this data folder."""
    python = str(layout.code / ".venv/bin/python")
    env = {"ARPENT_DATA": str(answers.data), "PYTHONPATH": str(layout.code)}
    return Command(
        [python, "-P", "-m", "gis_core.operations", *arguments], failure, env=env, printed=True, writes=answers.data
    )


def start(layout: Layout, answers: Answers) -> list[Item]:
    """The folders of sockets, and everything started now and with the machine."""
    sockets = Place(answers.data).socket_directory_of_root
    names = [file.path.name for file in unit_files(layout, answers) if "[Install]" in file.content]
    return [
        Folder(sockets, 0o1771, DB_USER, OS_USER),
        Folder(layout.sockets, 0o2750, OS_USER, PROXY_USER),
        *(
            Command(["systemctl", *arguments], AGAIN, unless=lambda: not SYSTEMD.is_dir())
            for arguments in (["daemon-reload"], ["enable", *names], ["restart", units.TARGET])
        ),
    ]


def first_administrator(layout: Layout, answers: Answers) -> Command:
    """Its account, and the link that opens it once; 2 says that somebody administers the platform already."""
    email = answers.values["ADMINISTRATOR_EMAIL"]
    command = operation(layout, answers, "manage", "first_administrator", "--email", email, failure=AGAIN)
    return replace(command, good=(0, 2))


def summary(layout: Layout, answers: Answers) -> str:
    lines = ["", f"Arpent est installé : https://{answers.site.netloc}/", f"Données et réglages : {answers.data}"]
    if answers.values["CERTIFICATE"] == LOCAL:
        lines.append(f"Donnez aux navigateurs de l’agence le certificat de l’autorité locale : {layout.authority}")
    if not SYSTEMD.is_dir():
        lines.append("systemd ne tourne pas ici : les unités sont écrites, rien n’est démarré.")
    return "\n".join([*lines, "À savoir ensuite : arpent doctor, et docs/how-to/installer.md."])
