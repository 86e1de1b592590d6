"""systemd's units. Each runs as a user of its own kind, may write where it must and nowhere else, and ends alone.

Sweeping and retention are periodic tasks of the worker (`gis_core.tasks`): a timer would do them twice.
"""

from collections.abc import Sequence
from pathlib import Path

from gis_core.operations.environment import DB_USER, OS_USER, Place
from gis_core.operations.installation.answers import Answers
from gis_core.operations.installation.items import File
from gis_core.operations.installation.layout import PROXY_USER, SITE_PORT, Layout

TARGET = "arpent.target"
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
GIVES_UP_RIGHTS = "SystemCallFilter=capset\n"
ALONE = "RestrictNamespaces=yes\n"
NETWORK = "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n"
LOCAL_ONLY = "RestrictAddressFamilies=AF_UNIX\nPrivateNetwork=yes\nIPAddressDeny=any\n"
NO_CAPABILITY = "CapabilityBoundingSet=\nAmbientCapabilities=\n"


def unit_files(layout: Layout, answers: Answers) -> list[File]:
    """All of them, the target that holds them together first."""
    texts = {
        TARGET: target(answers),
        "arpent-web.service": web(layout, answers),
        "arpent-worker.service": worker(layout, answers),
        "arpent-proxy.service": proxy(layout),
    }
    if answers.dsn is None:
        texts |= {
            "arpent-database.service": database(layout, answers),
            "arpent-backup.service": backup(layout, answers),
            "arpent-backup.timer": timer(answers),
        }
    return [File(layout.units / name, text) for name, text in texts.items() if text]


def target(answers: Answers) -> str:
    return (
        f"[Unit]\nDescription=Arpent, {answers.host}\nDocumentation=https://{answers.site.netloc}/\n"
        "Wants=network-online.target\nAfter=network-online.target\n\n[Install]\nWantedBy=multi-user.target\n"
    )


def service(
    title: str, user: str, command: Sequence[str], rights: str, *, group: str = OS_USER, after: str = "", kind: str = ""
) -> str:
    """A unit whose process starts again by itself, for ever longer."""
    needed = f"After={after}\nRequires={after}\n" if after else ""
    return f"""\
[Unit]
Description=Arpent : {title}
PartOf={TARGET}
{needed}StartLimitIntervalSec=600
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


def database(layout: Layout, answers: Answers) -> str:
    """PostgreSQL, kept by `gis_core.operations.keeper`, which makes it where it is not there yet."""
    rights = environment(layout, answers.data) + writable(answers) + LOCAL_ONLY + ALONE + NO_CAPABILITY
    rights += "MemoryDenyWriteExecute=yes\n"
    return service("base de données", DB_USER, layout.operation("keep"), rights, kind="Type=notify\nNotifyAccess=main")


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


def backup(layout: Layout, answers: Answers) -> str:
    """A verified backup; one that fails is tried again twice, an hour later each time."""
    rights = environment(layout, answers.data) + writable(answers) + LOCAL_ONLY + ALONE + NO_CAPABILITY
    return f"""\
[Unit]
Description=Arpent : sauvegarde vérifiée
After=arpent-database.service
Requires=arpent-database.service
StartLimitIntervalSec=8h
StartLimitBurst=3

[Service]
User={DB_USER}
Group={OS_USER}
Type=oneshot
ExecStart={" ".join(layout.operation("backup"))}
Restart=on-failure
RestartSec=1h
Nice=10
IOSchedulingClass=idle
{rights}{CLOSED}{CALLS}"""


def timer(answers: Answers) -> str:
    """Every night at the hour of Paris; what a stopped machine missed is made up. None where nights are off."""
    hour = answers.values["ARPENT_BACKUP_AT"]
    if not hour:
        return ""
    return (
        f"[Unit]\nDescription=Arpent : sauvegarde de chaque nuit\nPartOf={TARGET}\n\n"
        f"[Timer]\nOnCalendar=*-*-* {hour}:00 Europe/Paris\nPersistent=true\n\n[Install]\nWantedBy={TARGET}\n"
    )


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
    return "arpent-database.service" if answers.dsn is None else ""
