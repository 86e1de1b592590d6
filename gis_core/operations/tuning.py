"""PostgreSQL's settings for the memory and the processors of a machine."""

import os
from contextlib import suppress
from pathlib import Path


def tuning(memory_mib: int, cpus: int, *, durable: bool) -> dict[str, str]:
    """PostgreSQL settings for a machine with this much memory; `durable=False` trades safety for speed (tests)."""
    settings = {
        "listen_addresses": "''",
        "shared_buffers": f"{between(64, memory_mib // 16, 4096)}MB",
        "effective_cache_size": f"{between(256, memory_mib // 2, 65536)}MB",
        "work_mem": f"{between(4, memory_mib // 768, 64)}MB",
        "maintenance_work_mem": f"{between(64, memory_mib // 48, 1024)}MB",
        "max_parallel_workers": str(cpus),
        "max_parallel_workers_per_gather": str(between(0, cpus // 2, 4)),
        "random_page_cost": "1.1",
        "jit": "off",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "lz4",
        # After a crash each of some thousand files would be opened and flushed before recovery begins.
        "recovery_init_sync_method": "syncfs",
        "timezone": "'UTC'",
        # PostgreSQL's own log: no statement with its values, no row in the detail of an error.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "shared_preload_libraries": "'pg_stat_statements'",
        # Of statements that are prepared for it alone values are taken out of the text.
        "pg_stat_statements.track_utility": "off",
    }
    return settings if durable else settings | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def configuration_text(more: dict[str, str], *, durable: bool, for_group: bool) -> str:
    """PostgreSQL's settings file for this machine, with more settings.

    The socket is open to our user's group, that of the site, or not.
    """
    settings = tuning(machine_memory_mib(), os.cpu_count() or 1, durable=durable)
    settings["unix_socket_permissions"] = "0770" if for_group else "0700"
    settings |= more
    return "".join(f"{name} = {value}\n" for name, value in settings.items()) + "include_if_exists = 'local.conf'\n"


def between(low: int, value: int, high: int) -> int:
    return max(low, min(value, high))


def machine_memory_mib() -> int:
    """Memory this process may use: the machine's, or its control group's limit when that is lower."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total // 2**20
