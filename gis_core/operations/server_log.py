"""What PostgreSQL says of a start that failed, in words."""

from pathlib import Path


def last_lines(path: Path, lines: int = 8) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


def start_failure(said: str, log: Path) -> str:
    if "No space left" in said:
        return "Le disque est plein : libérez de la place, puis relancez la même commande."
    return f"PostgreSQL ne démarre pas : voyez {log}."
