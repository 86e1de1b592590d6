"""Run a command with a unit's settings: `confine.py SYSTEM-CALL-FILTERS UMASK MEMORY-DENY-WRITE-EXECUTE COMMAND...`.

Run inside the bare machine by its own Python; what is not allowed answers EPERM, as the units say.
"""

import ctypes
import errno
import os
import sys
from pathlib import Path

# prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN): what systemd asks of kernels that have it.
SET_MDWE = (65, 1, 0, 0, 0)
REFUSE, ALLOW = 0x00050000 | errno.EPERM, 0x7FFF0000


def sets_of(text: str) -> dict[str, list[str]]:
    """systemd's sets by name, as `systemd-analyze syscall-filter` prints them."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("@"):
            name = line.strip()
            found[name] = []
        elif name and line.startswith("    ") and not line.strip().startswith("#"):
            found[name].append(line.strip())
        elif not line.strip():
            continue
        elif not line.startswith(" "):
            name = ""
    return found


def expand(words: list[str], sets: dict[str, list[str]]) -> set[str]:
    calls: set[str] = set()
    for word in words:
        calls |= expand(sets[word], sets) if word.startswith("@") else {word}
    return calls


def main() -> None:
    filters, umask, denied, *command = sys.argv[1:]
    sets = sets_of(Path("/srv/system-calls").read_text())
    # systemd always allows what starts a program.
    allowed = expand(["@default"], sets)
    for line in filter(None, filters.split(";")):
        calls = expand(line.lstrip("~").split(), sets)
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    library.seccomp_rule_add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint]
    library.seccomp_load.argtypes = [ctypes.c_void_p]
    context = library.seccomp_init(REFUSE)
    for call in sorted(allowed | {"execve"}):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number >= 0 and library.seccomp_rule_add(context, ALLOW, number, 0) not in {0, -errno.EEXIST}:
            sys.exit(f"no rule for {call}")
    if library.seccomp_load(context) != 0:
        sys.exit("the filter was not taken")
    if denied == "yes" and ctypes.CDLL(None).prctl(*SET_MDWE) != 0:
        sys.exit("memory that is written could be executed")
    os.umask(int(umask, 8))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
