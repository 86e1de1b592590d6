"""Frames between child and parent: two lengths, a JSON message, then raw bytes. Never pickle."""

import json
import struct
from typing import Any, BinaryIO

HEADER = struct.Struct("<II")
FRAME_LIMIT = 256 * 1024 * 1024


def pack(message: dict[str, Any], blob: bytes = b"") -> bytes:
    """One frame; floats in the message must be finite."""
    text = json.dumps(message, allow_nan=False, separators=(",", ":")).encode()
    return HEADER.pack(len(text), len(blob)) + text + blob


def send(stream: BinaryIO, message: dict[str, Any], blob: bytes = b"") -> None:
    """Write one frame and flush it."""
    stream.write(pack(message, blob))
    stream.flush()
