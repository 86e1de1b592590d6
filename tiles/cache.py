"""Tiles kept as gzipped files: `<data>/cache/tiles/{layer}/{version}/{rights class}/{z}/{x}/{y}.mvt.gz`.

The folder of a version is what every row of the layer was at that version, for viewers who see the same rows. A changed
layer gets another folder; the old ones are purged by a task.

A file ends with the length and checksum of what is before: what a crash cut off, or a disk has changed, is made again.
For that reason nothing waits for the disk (no fsync): a file is renamed to its name once it is written.
"""

import hashlib
import logging
import os
import queue
import shutil
import struct
import threading
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from isal import isal_zlib

from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from tiles.services.address import Address
from tiles.services.mvt import RECIPE

log = logging.getLogger("arpent.tiles")
EVERYBODY = "all"
SEAL = struct.Struct("<II")  # length and checksum of what is before
SEED = 0x41525054  # of the checksum: a file of zeros is no empty tile
GATHERED_S = 0.25


def root() -> Path:
    return Path(settings.CACHE_DIR, "tiles")


def rights_class(layer: Layer, rights: Rights) -> str:
    """Who gets the same tile: everybody who sees the layer, unless its rows are protected one by one."""
    return EVERYBODY if layer.rows in (Layer.Rows.REFERENCE, Layer.Rows.LAYER) else rights.rows_class()


def edition(layer: Layer) -> str:
    """The layer's version, and what else decides a tile's content: the recipe, the table, the columns, the zooms."""
    decisive = (
        RECIPE,
        layer.slug,
        layer.table,
        layer.geometry_type,
        layer.tile_columns(),
        layer.min_zoom,
        layer.max_zoom,
    )
    return f"{layer.version}-{hashlib.blake2s(repr(decisive).encode(), digest_size=6).hexdigest()}"


def folder(layer: Layer, rights: Rights) -> str:
    return f"{root()}/{layer.pk}/{edition(layer)}/{rights_class(layer, rights)}"


def path_in(directory: str, address: Address) -> str:
    return f"{directory}/{address.z}/{address.x}/{address.y}.mvt.gz"


def read(path: str) -> bytes | None:
    """What is kept in a file, empty for an empty tile; None when it is not kept, or damaged."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - ten thousand times a second
            sealed = file.read()
    except OSError:
        return None
    length = len(sealed) - SEAL.size
    if length < 0:
        return None
    content = sealed[:length]
    if SEAL.unpack_from(sealed, length) != (length, isal_zlib.crc32(content, SEED)):
        log.warning("a damaged tile is made again: %s", path)
        return None
    return content


def seal(content: bytes) -> bytes:
    """What is written to a file: the content, its length and its checksum."""
    return content + SEAL.pack(len(content), isal_zlib.crc32(content, SEED))


def keep(path: str, content: bytes) -> None:
    """Write the file aside and rename it; a disk that is full or read-only costs the copy, not the answer."""
    aside = f"{path}.{os.getpid()}-{threading.get_ident()}"
    try:
        write(aside, seal(content))
        os.replace(aside, path)  # noqa: PTH105 - for each new tile: pathlib costs as much as the disk
    except OSError as error:
        log.warning("tile not kept: %s", error.strerror)
        with suppress(OSError):
            Path(aside).unlink(missing_ok=True)


def write(path: str, content: bytes) -> None:
    """Write a file, and its folder when it is the first there."""
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except FileNotFoundError:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(opened, "wb", buffering=0) as file:  # noqa: PTH123
        file.write(content)


class Writer:
    """Keeps tiles on a thread of its own, a quarter of a second's at once, so that few answers wait for the disk.

    When the queue is full, a tile is not kept.
    """

    def __init__(self) -> None:
        self.waiting: queue.Queue[tuple[str, bytes]] = queue.Queue(maxsize=1024)
        self.starting = threading.Lock()
        self.thread: threading.Thread | None = None

    def keep(self, path: str, content: bytes) -> None:
        with suppress(queue.Full):
            self.waiting.put_nowait((path, content))
        if self.thread is None:
            self.start()

    def start(self) -> None:
        """At the first tile: the server may fork after this module is loaded."""
        with self.starting:
            if self.thread is None:
                self.thread = threading.Thread(target=self.work, name="tile-writer", daemon=True)
                self.thread.start()

    def work(self) -> None:
        while True:
            path, content = self.waiting.get()
            keep(path, content)
            if self.waiting.empty():
                time.sleep(GATHERED_S)


keep_later = Writer().keep


def purge(current: dict[int, str], limit_bytes: int) -> int:
    """Remove folders of unknown layers and former editions, then the oldest ones until the cache fits; bytes left.

    `current` maps a layer's id to its edition.
    """
    for layer_folder in children(root()):
        kept = current.get(int(layer_folder.name)) if layer_folder.name.isdigit() else None
        for edition_folder in children(layer_folder):
            if edition_folder.name != kept:
                shutil.rmtree(edition_folder, ignore_errors=True)
    return shrink(root(), limit_bytes)


def shrink(folder: Path, limit_bytes: int) -> int:
    """Remove the least recently written zoom folders, four levels down, until at most this many bytes are left."""
    zooms = sorted(folder.glob("*/*/*/*"), key=modification_time)
    sizes = {zoom: size_of(zoom) for zoom in zooms}
    total = sum(sizes.values())
    for zoom in zooms:
        if total <= limit_bytes:
            break
        shutil.rmtree(zoom, ignore_errors=True)
        total -= sizes[zoom]
    return total


def modification_time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def children(path: Path) -> list[Path]:
    return list(path.iterdir()) if path.is_dir() else []


def size_of(path: Path) -> int:
    """Bytes on the disk under a folder (whole blocks: most tiles are smaller than one)."""
    total = 0
    for directory, _folders, files in os.walk(path):
        for name in files:
            with suppress(OSError):
                total += os.stat(f"{directory}/{name}").st_blocks * 512  # noqa: PTH116
    return total
