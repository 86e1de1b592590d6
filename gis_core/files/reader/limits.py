"""How much a file may cost before its reading is given up."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one reader.

    `wall_seconds` bounds the wait for one answer, `cpu_seconds` the life of one child (a child past half of it is
    replaced before the next file), `value_chars` one JSON value (one feature of a GeoJSON file), `pixels` one image.
    """

    wall_seconds: float = 120.0
    cpu_seconds: int = 600
    memory_bytes: int = 2048 * MIB
    file_bytes: int = 1024 * MIB
    features: int = 2_000_000
    vertices: int = 50_000_000
    value_chars: int = 64 * MIB
    pixels: int = 2_500_000_000
    fields: int = 1000
    layers: int = 500
    members: int = 20_000
    spreadsheet_bytes: int = 512 * MIB
    start_seconds: float = 20.0

    @classmethod
    def for_photos(cls) -> "Limits":
        """Those of sheets of aerial photos: large files, of which a few rows are in memory at a time."""
        return cls(file_bytes=16 * 1024 * MIB, cpu_seconds=1200)

    @classmethod
    def for_documents(cls, file_bytes: int) -> "Limits":
        """Those of a document that somebody waits for."""
        return cls(file_bytes=file_bytes, memory_bytes=1024 * MIB, cpu_seconds=60, wall_seconds=30.0, members=5_000)

    @classmethod
    def for_pictures(cls, file_bytes: int) -> "Limits":
        """Those of a picture that somebody waits for."""
        return cls(file_bytes=file_bytes, cpu_seconds=60, wall_seconds=30.0)

    @classmethod
    def for_plans(cls) -> "Limits":
        """Those of the cadastral plan of a department: thousands of small sheets in one archive."""
        return cls(file_bytes=16 * 1024 * MIB, cpu_seconds=4 * 3600, members=200_000)

    def for_child(self) -> dict[str, int]:
        """The limits that the child counts itself."""
        return {
            "file_bytes": self.file_bytes,
            "features": self.features,
            "vertices": self.vertices,
            "value_chars": self.value_chars,
            "pixels": self.pixels,
            "fields": self.fields,
            "layers": self.layers,
            "members": self.members,
            "spreadsheet_bytes": self.spreadsheet_bytes,
        }
