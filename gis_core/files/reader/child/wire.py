"""Frames between child and parent: two lengths, a JSON message, then raw bytes. Never pickle."""

import json
import struct
from typing import Any, BinaryIO

HEADER = struct.Struct("<II")
FRAME_LIMIT = 256 * 1024 * 1024

type Blob = bytes | memoryview


def pack(message: dict[str, Any], *blobs: Blob) -> bytes:
    """One frame; floats in the message must be finite."""
    return b"".join([_start(message, blobs), *blobs])


def send(stream: BinaryIO, message: dict[str, Any], *blobs: Blob) -> None:
    """Write one frame and flush it; the raw bytes are not copied."""
    stream.write(_start(message, blobs))
    for blob in blobs:
        stream.write(blob)
    stream.flush()


def _start(message: dict[str, Any], blobs: tuple[Blob, ...]) -> bytes:
    text = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    return HEADER.pack(len(text), sum(map(len, blobs))) + text
