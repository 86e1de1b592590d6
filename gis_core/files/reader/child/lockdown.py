"""What this process gives up before it reads anything: new files, sockets, programs.

Each measure is best effort; `state()` then tries the forbidden things and says what really happened, and the parent
refuses a child that could do them.
"""

import ctypes
import errno
import os
import socket
import struct
import sys
import sysconfig
from pathlib import Path
from typing import Any

PR_SET_NO_NEW_PRIVS = 38
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_VERSION_FLAG = 1
READ_FILE, READ_DIR = 1 << 2, 1 << 3
# Bits of file system rights known to each version of Landlock; those not handled would stay allowed.
ABI_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
NETWORK_RIGHTS, SCOPES = 0b11, 0b11
PATH_BENEATH = struct.Struct("=Qi")
LOOPBACK = ("127.0.0.1", 9)
# fmt: off
FORBIDDEN_CALLS = (
    "socket", "connect", "bind", "listen", "accept", "accept4", "execve", "execveat", "fork", "vfork", "kill",
    "tkill", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "pidfd_send_signal",
    "bpf", "io_uring_setup", "userfaultfd", "perf_event_open", "mount", "umount2", "pivot_root", "chroot",
    "unshare", "setns", "keyctl", "add_key", "request_key", "open_by_handle_at", "init_module", "finit_module",
    "kexec_load", "symlink", "symlinkat", "link", "linkat", "mknod", "mknodat", "chmod", "fchmod", "fchmodat",
    "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utimensat", "setxattr", "lsetxattr", "fsetxattr",
    "removexattr", "lremovexattr", "fremovexattr",
)
# fmt: on
CLONE_THREAD = 0x10000

_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


def lock_down(code_folder: str) -> dict[str, Any]:
    """Give everything up; what remains readable is the current folder, Python and this code."""
    _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    os.umask(0o077)
    # Seccomp first: finding its library runs ldconfig, which Landlock forbids.
    seccomp = restrict_calls()
    return {"seccomp": seccomp, "landlock": restrict_files([".", code_folder, *python_folders()])}


def python_folders() -> list[str]:
    """Folders that a late import (pyogrio, a codec) still needs."""
    paths = sysconfig.get_paths()
    of_python = [paths["stdlib"], paths["platstdlib"], paths["purelib"], paths["platlib"]]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"]
    return [path for path in [*of_python, *system, "/dev/null", "/dev/urandom"] if Path(path).exists()]


def restrict_files(readable: list[str]) -> int:
    """Landlock: read these and write nothing. Returns the version in force, 0 for none."""
    version = _libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_VERSION_FLAG)
    if version < 1:
        return 0
    rules = _Ruleset((1 << ABI_RIGHTS.get(version, 16)) - 1, NETWORK_RIGHTS, SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0)
    if ruleset < 0:
        return 0
    for path in readable:
        _allow_reading(ruleset, path)
    done = _libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return int(version) if done else 0


def _allow_reading(ruleset: int, path: str) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = READ_FILE | READ_DIR if Path(path).is_dir() else READ_FILE
    _libc.syscall(LANDLOCK_ADD_RULE, ruleset, 1, PATH_BENEATH.pack(rights, parent), 0)
    os.close(parent)


def restrict_calls() -> bool:
    """Seccomp: no sockets, no programs, no view of other processes. False when libseccomp is missing."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return False
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    rules.set_attr(pyseccomp.Attr.CTL_TSYNC, 1)
    forbidden = pyseccomp.ERRNO(errno.EPERM)
    for name in FORBIDDEN_CALLS:
        _forbid(rules, forbidden, name)
    # A thread is a clone that shares everything; any other is a new process.
    rules.add_rule(forbidden, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0))
    # glibc falls back to clone for threads; clone3 hides its flags from the filter.
    _forbid(rules, pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.load()
    return True


def _forbid(rules: Any, action: int, name: str) -> None:
    try:
        rules.add_rule(action, name)
    except (OSError, ValueError):
        # The call does not exist on this architecture.
        return


def state(canary: str) -> dict[str, Any]:
    """What this process can still do: reach the loopback interface, read a file outside its folder, signal who made it
    (where they share an account, nothing but the filter of calls forbids that)."""
    doors = {"network": reaches_network(), "files": reads(canary), "processes": signals(os.getppid())}
    return {**doors, "uid": os.getuid(), "python": sys.version_info[:2]}


def reaches_network() -> bool:
    """Whether a connection is even attempted; refused by a closed port means the network is there."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as attempt:
            attempt.settimeout(1)
            attempt.connect(LOOPBACK)
    except OSError as error:
        return error.errno not in (errno.EPERM, errno.EACCES, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL)
    return True


def signals(pid: int) -> bool:
    """Whether a process takes signals from us; none is sent."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno != errno.EPERM
    return True


def reads(path: str) -> bool:
    """Whether a file outside the quarantine folder opens."""
    try:
        with Path(path).open("rb"):
            return True
    except PermissionError:
        return False
    except OSError:
        return True
