"""systemd's units. Each runs as a user of its own kind, may write where it must and nowhere else, and ends alone.

Sweeping and retention are periodic tasks of the worker (`gis_core.tasks`): a timer would do them twice.
"""

from collections.abc import Sequence
from pathlib import Path

from gis_core.operations.archive_target import Target
from gis_core.operations.environment import DB_USER, OS_USER, Place
from gis_core.operations.installation.answers import Answers
from gis_core.operations.installation.items import File
from gis_core.operations.installation.layout import PROXY_USER, SITE_PORT, Layout

TARGET = "arpent.target"
DATABASE, RESUME = "arpent-database.service", "arpent-resume.service"
# Those that are only there where an answer or a setting asks for them.
OPTIONAL = (
    "arpent-archive.service",
    "arpent-backup.service",
    "arpent-backup.timer",
    "arpent-drill.service",
    "arpent-drill.timer",
)
# The same for all: what is taken away, and what stays of the system calls.
CLOSED = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
"""
# Landlock and seccomp, with which files that were received are read apart, are calls of @sandbox.
CALLS = "SystemCallFilter=@system-service @sandbox\nSystemCallFilter=~@privileged\nSystemCallErrorNumber=EPERM\n"
# A process that reads a received file is cut off from the network in a namespace of its own.
READS_FILES = "RestrictNamespaces=user net\n"
# Some hours after the backup of the night, in Paris.
DRILL_AT = "*-*-01 04:00:00"
GIVES_UP_RIGHTS = "SystemCallFilter=capset\n"
ALONE = "RestrictNamespaces=yes\n"
NETWORK = "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n"
LOCAL_ONLY = "RestrictAddressFamilies=AF_UNIX\nPrivateNetwork=yes\nIPAddressDeny=any\n"
NO_CAPABILITY = "CapabilityBoundingSet=\nAmbientCapabilities=\n"


def unit_files(layout: Layout, answers: Answers, archive: Target | None = None) -> list[File]:
    """All of them, the target that holds them together first; `archive` is where the continuous archive lies."""
    texts = {
        TARGET: target(answers),
        "arpent-web.service": web(layout, answers),
        "arpent-worker.service": worker(layout, answers),
        "arpent-proxy.service": proxy(layout),
    }
    if answers.dsn is None:
        nights = answers.values["ARPENT_BACKUP_AT"]
        texts |= {
            DATABASE: database(layout, answers, archive),
            RESUME: resume(layout, answers),
            "arpent-backup.service": backup(layout, answers, archive),
            "arpent-backup.timer": timer("sauvegarde de chaque nuit", f"*-*-* {nights}:00") if nights else "",
            "arpent-drill.service": drill(layout, answers, archive),
            # Without a backup and without an archive there is nothing that could be restored.
            "arpent-drill.timer": timer("exercice de chaque mois", DRILL_AT) if nights or archive else "",
            "arpent-archive.service": archiving(layout, answers, archive) if archive else "",
        }
    return [File(layout.units / name, text) for name, text in texts.items() if text]


def target(answers: Answers) -> str:
    return (
        f"[Unit]\nDescription=Arpent, {answers.host}\nDocumentation=https://{answers.site.netloc}/\n"
        "Wants=network-online.target\nAfter=network-online.target\n\n[Install]\nWantedBy=multi-user.target\n"
    )


def service(
    title: str,
    user: str,
    command: Sequence[str],
    rights: str,
    *,
    group: str = OS_USER,
    after: str = "",
    kind: str = "",
    order: str = "",
) -> str:
    """A unit whose process starts again by itself, for ever longer."""
    needed = f"After={after}\nRequires={after}\n" if after else ""
    return f"""\
[Unit]
Description=Arpent : {title}
PartOf={TARGET}
{needed}{order}StartLimitIntervalSec=600
StartLimitBurst=10

[Service]
User={user}
Group={group}
{kind or "Type=exec"}
ExecStart={" ".join(command)}
Restart=on-failure
RestartSec=2
RestartSteps=5
RestartMaxDelaySec=60
TimeoutStartSec=180
TimeoutStopSec=90
LimitNOFILE=16384
{rights}{CLOSED}{CALLS}{GIVES_UP_RIGHTS if READS_FILES in rights else ""}
[Install]
WantedBy={TARGET}
"""


def environment(layout: Layout, data: Path) -> str:
    return (
        f"Environment=ARPENT_DATA={data} PYTHONPATH={layout.current} LC_ALL=C.UTF-8 HOME={data}/run\n"
        f"WorkingDirectory={layout.current}\nUMask=0007\nKillMode=mixed\n"
    )


def writable(answers: Answers, *others: Path) -> str:
    """The data folder, the folder of sockets of its database, and others."""
    sockets = Place(answers.data).socket_directory_of_root
    return f"ReadWritePaths={' '.join(map(str, (answers.data, sockets, *others)))}\n"


def reach(archive: Target | None) -> str:
    """What a process of the database's user reaches: nothing but the archive. A share that is away stops nobody."""
    if archive is None:
        return LOCAL_ONLY
    return LOCAL_ONLY + f"ReadWritePaths=-{archive.folder}\n" if archive.kind == "folder" else NETWORK


def mounted(archive: Target | None) -> str:
    """The archive's folder may be a share that is mounted later than the system's own disks."""
    return f"WantsMountsFor={archive.folder}\n" if archive and archive.kind == "folder" else ""


def database(layout: Layout, answers: Answers, archive: Target | None) -> str:
    """PostgreSQL, kept by `gis_core.operations.keeper`, which makes it where it is not there yet; it sends its log.

    After an upgrade that was cut off it starts once that has stopped everything: what needs it waits too.
    """
    rights = environment(layout, answers.data) + writable(answers) + reach(archive) + ALONE + NO_CAPABILITY
    rights += "MemoryDenyWriteExecute=yes\n"
    notify = "Type=notify\nNotifyAccess=main"
    order = f"After={RESUME}\n" + mounted(archive)
    return service("base de données", DB_USER, layout.operation("keep"), rights, kind=notify, order=order)


def archiving(layout: Layout, answers: Answers, archive: Target) -> str:
    """What sends the files to the archive, and says how old its newest work is (`gis_core.operations.archive`)."""
    rights = environment(layout, answers.data) + writable(answers) + reach(archive) + ALONE + NO_CAPABILITY
    command = layout.operation("archive")
    return service("archive continue", DB_USER, command, rights, after=DATABASE, order=mounted(archive))


def web(layout: Layout, answers: Answers) -> str:
    """The web processes, each at a socket that the proxy alone reaches."""
    rights = environment(layout, answers.data) + writable(answers, layout.sockets) + NETWORK + READS_FILES
    command = layout.operation("serve", "--port", str(SITE_PORT), "--sockets", str(layout.sockets))
    return service("serveur web", OS_USER, command, rights + NO_CAPABILITY, after=_database(answers))


def worker(layout: Layout, answers: Answers) -> str:
    """Jobs, mails, and what the platform sweeps and forgets."""
    rights = environment(layout, answers.data) + writable(answers) + NETWORK + READS_FILES + NO_CAPABILITY
    return service("tâches de fond", OS_USER, layout.operation("worker"), rights, after=_database(answers))


def proxy(layout: Layout) -> str:
    """nginx with the certificate, the only one that the network reaches, as a user that reads nothing of the site's."""
    bind = "CapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n"
    rights = bind + f"ReadWritePaths={layout.proxy}\nUMask=0077\n" + NETWORK + ALONE
    rights += "ExecReload=/bin/kill -HUP $MAINPID\n"
    command = ["/usr/sbin/nginx", "-e", "stderr", "-c", str(layout.proxy_settings)]
    return service("serveur frontal", PROXY_USER, command, rights, group=PROXY_USER)


def backup(layout: Layout, answers: Answers, archive: Target | None) -> str:
    """A verified backup; one that fails is tried again twice, an hour later each time."""
    again = "Restart=on-failure\nRestartSec=1h\n"
    limit = "StartLimitIntervalSec=8h\nStartLimitBurst=3\n"
    return once("sauvegarde vérifiée", layout, answers, archive, command="backup", limit=limit, again=again)


def drill(layout: Layout, answers: Answers, archive: Target | None) -> str:
    """A restoration beside the site, compared; its failure is written down and told, the next one comes in a month.

    As the database's user, like the backups: root, who may type the command, hands over to it at once.
    """
    return once("exercice de restauration", layout, answers, archive, command="drill", after=" arpent-backup.service")


def once(
    title: str,
    layout: Layout,
    answers: Answers,
    archive: Target | None,
    *,
    command: str,
    after: str = "",
    limit: str = "",
    again: str = "",
) -> str:
    """A unit that a timer starts, and that ends by itself; what it is `after` is waited for where it runs."""
    rights = environment(layout, answers.data) + writable(answers) + reach(archive) + ALONE + NO_CAPABILITY
    return f"""\
[Unit]
Description=Arpent : {title}
After={DATABASE}{after}
Requires={DATABASE}
{mounted(archive)}{limit}
[Service]
User={DB_USER}
Group={OS_USER}
Type=oneshot
ExecStart={" ".join(layout.operation(command))}
{again}Nice=10
IOSchedulingClass=idle
{rights}{CLOSED}{CALLS}"""


def timer(title: str, at: str) -> str:
    """At an hour of Paris; what a stopped machine missed is made up."""
    return (
        f"[Unit]\nDescription=Arpent : {title}\nPartOf={TARGET}\n\n"
        f"[Timer]\nOnCalendar={at} Europe/Paris\nPersistent=true\n\n[Install]\nWantedBy={TARGET}\n"
    )


def resume(layout: Layout, answers: Answers) -> str:
    """At boot, where an upgrade was cut off: the version before it puts itself and its data back into use.

    It says that it is ready once everything is stopped: only then does what waits for it start, and it starts the web
    server itself. It is root's, who stops and starts services, changes users and moves the link of the versions.
    """
    writes = writable(answers, layout.versions, layout.proxy, layout.units, layout.settings, layout.command.parent)
    # It puts back what that version wrote for the machine, where the new one had written its own.
    writes += f"ReadWritePaths=-{layout.folders_at_boot.parent} -{layout.rotation.parent}\n"
    environment = f"ARPENT_DATA={answers.data} PYTHONPATH={layout.former} LC_ALL=C.UTF-8"
    # Changing users and giving files away; reading what the site and the database have closed; ending their processes.
    capabilities = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETPCAP CAP_SETUID CAP_SYS_PTRACE"
    return f"""\
[Unit]
Description=Arpent : fin d'une mise à jour interrompue
ConditionPathExists={layout.versions}/upgrade.json

[Service]
Type=notify
NotifyAccess=main
ExecStart={layout.former}/.venv/bin/python -P -m gis_core.operations upgrade --resume
Environment={environment}
UMask=0022
TimeoutStartSec=10min
{writes}CapabilityBoundingSet={capabilities}
{CLOSED}SystemCallFilter=@system-service @sandbox
SystemCallErrorNumber=EPERM
{NETWORK}IPAddressDeny=any
{ALONE}
[Install]
WantedBy=multi-user.target
"""


def folders_at_boot(layout: Layout, answers: Answers) -> str:
    """What systemd-tmpfiles makes in /run: the database's sockets, and the web's for the proxy."""
    sockets = Place(answers.data).socket_directory_of_root
    return f"d {sockets} 1771 {DB_USER} {OS_USER} -\nd {layout.sockets} 2750 {OS_USER} {PROXY_USER} -\n"


def rotation(answers: Answers) -> str:
    """PostgreSQL's own journal; everything else writes to systemd's, which keeps to its size by itself."""
    return (
        f"{answers.data}/pg/log {{\n    weekly\n    rotate 8\n    compress\n    missingok\n    notifempty\n"
        f"    copytruncate\n    su {DB_USER} {OS_USER}\n}}\n"
    )


def _database(answers: Answers) -> str:
    return DATABASE if answers.dsn is None else ""
