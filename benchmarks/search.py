"""Search suggestions over a million parcels and 300,000 addresses, with 300,000 applications and 500,000 objects."""

import random
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from benchmarks import load, networks, permits
from benchmarks.rows import Row
from benchmarks.territory import SEED, STREETS, insee_of
from benchmarks.tiles import Field

SUGGESTIONS = Row("suggestions de recherche, 95e centile", None, "ms", "at most", 100)

EVERYTHING = Row(
    "recherche de tout ce que l'on voit : parcelles, adresses, 300 000 dossiers, 500 000 objets, 95e centile",
    None,
    "ms",
    "at most",
    150,
)
HEADS = ("PC", "DP", "PA")


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


def everything_row(field: Field) -> list[Row]:
    """Parcels as people write them, numbers of applications by who instructs, references of objects by who repairs."""
    files, objects = permits.prepare_permits(), networks.prepare_network(field.made)
    taken = [
        *ask(field, [*questions(100), *as_written(100), *permit_questions(100)], files.headers),
        *ask(field, [*questions(100), *object_questions(100)], objects.headers),
    ]
    return [replace(EVERYTHING, ours=sorted(taken)[int(len(taken) * 0.95)])]


def ask(field: Field, texts: Sequence[str], headers: dict[str, str]) -> list[float]:
    """Milliseconds of each text, in the order of a seed; the first ones warm."""
    shuffled = random.Random(SEED).sample(list(texts), len(texts))
    paths = [f"/api/v1/search/?q={quote(text)}&limit=8" for text in shuffled]
    load.latencies(field.port, paths[:20], headers)
    return load.latencies(field.port, paths, headers)


def as_written(count: int) -> list[str]:
    """Parcels by prefix or end of the code, in lists, the commune behind."""
    chosen = random.Random(SEED + 1)
    made = []
    for _ in range(count // 4):
        rank, number = chosen.randrange(320), chosen.randrange(1, 250)
        insee = insee_of(rank)
        made += [f"{insee[2:]} AB {number}", f"AB {number}, AB {number + 1}", f"AB {number} {insee}"]
        made += [f"section AC parcelle {number}"]
    return made


def permit_questions(count: int) -> list[str]:
    """Numbers whole, begun, and by their end."""
    chosen = random.Random(SEED + 2)
    made = []
    for _ in range(count // 4):
        insee, year = insee_of(chosen.randrange(permits.SHARES[0])), chosen.randrange(6, 27)
        head, rank = chosen.choice(HEADS), chosen.randrange(1, 60)
        made += [f"{head} 0{insee[:2]} {insee[2:]} {year:02d} A{rank:04d}", f"{head.lower()} {insee[:2]} {insee[2:]}"]
        made += [f"A{rank:04d}", f"{year:02d} A{rank:04d}"]
    return made


def object_questions(count: int) -> list[str]:
    """References of connections and valves, whole and begun."""
    chosen = random.Random(SEED + 3)
    return [f"{chosen.choice('BVb')}{chosen.randrange(1, 100_000)}" for _ in range(count)]
