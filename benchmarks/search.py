"""Search suggestions over a million parcels and 300,000 addresses."""

import random
from dataclasses import replace
from urllib.parse import quote

from benchmarks import load
from benchmarks.rows import Row
from benchmarks.territory import SEED, STREETS, insee_of
from benchmarks.tiles import Field

SUGGESTIONS = Row("suggestions de recherche, 95e centile", None, "ms", "at most", 100)


def questions(count: int = 200) -> list[str]:
    """What people type: communes, parcels, addresses, some of it unfinished."""
    chosen = random.Random(SEED)
    made = []
    for _ in range(count // 5):
        street, rank, town = chosen.choice(STREETS), chosen.randrange(320), chosen.randrange(1, 321)
        made += [
            f"{insee_of(rank)} AB {chosen.randrange(1, 250)}",
            f"AC {chosen.randrange(1, 250)}",
            f"{chosen.randrange(1, 200)} {street} {chosen.randrange(300)}",
            street[: chosen.randrange(4, len(street))],
            f"Bourg-{town:03d}",
        ]
    return made


def suggestion_row(field: Field) -> list[Row]:
    paths = [f"/api/v1/search/?q={quote(question)}&limit=8" for question in questions()]
    load.latencies(field.port, paths[:20], field.headers)
    taken = sorted(load.latencies(field.port, paths, field.headers))
    return [replace(SUGGESTIONS, ours=taken[int(len(taken) * 0.95)])]
