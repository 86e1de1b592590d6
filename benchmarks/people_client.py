"""People at work, as many as asked, on one event loop: each has a connection, thinks, asks, thinks again.

`python people_client.py PLAN.json` in a process of its own; it prints what it saw as JSON. Standard library alone, so
that it costs the processor as little as a client in Python can.
"""

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

TIMEOUT_S = 60.0
RAMP_S = 20.0


class People:
    """The plan, and what is seen while it is carried out.

    The plan: `port`, `seconds`, `people`, `think_s` (least, most), `weights` by kind, `paths` by kind (each asked once
    where the kind is in `once`, else drawn), `headers` of each account to read and write with, `writes` (bodies).
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.kinds, self.weights = list(plan["weights"]), list(plan["weights"].values())
        self.once = {kind: iter(plan["paths"][kind]) for kind in plan["once"]}
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.bytes = 0

    async def everybody(self) -> None:
        await asyncio.gather(*(self.person(rank) for rank in range(self.plan["people"])))

    async def person(self, rank: int) -> None:
        """One person until the time is over; they come one after the other, not all at once."""
        chance = random.Random(rank)
        begun = time.monotonic()
        await asyncio.sleep(chance.uniform(0, RAMP_S))
        connection = Connection(self.plan["port"], self.plan["headers"][rank % len(self.plan["headers"])])
        while time.monotonic() - begun < self.plan["seconds"]:
            await asyncio.sleep(chance.uniform(*self.plan["think_s"]))
            (kind,) = chance.choices(self.kinds, self.weights)
            await self.ask(connection, kind, chance)
        connection.close()

    async def ask(self, connection: "Connection", kind: str, chance: random.Random) -> None:
        path = next(self.once[kind], None) if kind in self.once else None
        path = path or chance.choice(self.plan["paths"][kind])
        body = json.dumps(chance.choice(self.plan["writes"])).encode() if kind == "writes" else None
        begun = time.perf_counter()
        try:
            status, size = await asyncio.wait_for(connection.answer(path, body), TIMEOUT_S)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            connection.close()
            self.wrong[f"{kind}: {type(error).__name__}"] += 1
            return
        self.taken[kind].append((time.perf_counter() - begun) * 1000)
        self.bytes += size
        if status not in (200, 204, 304):
            self.wrong[f"{kind}: {status}"] += 1

    def as_json(self, seconds: float) -> dict[str, Any]:
        used = resource.getrusage(resource.RUSAGE_SELF)
        cpu = used.ru_utime + used.ru_stime
        return {"taken": self.taken, "wrong": self.wrong, "bytes": self.bytes, "seconds": seconds, "cpu_s": cpu}


class Connection:
    """One connection that stays open, and is made again when the server has closed it."""

    def __init__(self, port: int, headers: dict[str, dict[str, str]]) -> None:
        self.port = port
        self.heads = {
            use: "".join(f"{name}: {value}\r\n" for name, value in {"Host": f"127.0.0.1:{port}", **said}.items())
            for use, said in headers.items()
        }
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def answer(self, path: str, body: bytes | None) -> tuple[int, int]:
        """Status and length of a whole answer."""
        reused = self.streams is not None
        try:
            return await self.exchange(path, body)
        except (OSError, EOFError):
            self.close()
            if not reused or body is not None:
                raise
            return await self.exchange(path, body)  # the server had closed it meanwhile, as it may

    async def exchange(self, path: str, body: bytes | None) -> tuple[int, int]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        reader, writer = self.streams
        if body is None:
            writer.write(f"GET {path} HTTP/1.1\r\n{self.heads['read']}\r\n".encode())
        else:
            more = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            writer.write(f"POST {path} HTTP/1.1\r\n{self.heads['write']}{more}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        size = await self.body(reader, head, status)
        if "\r\nconnection: close" in head:
            self.close()
        return status, size

    async def body(self, reader: asyncio.StreamReader, head: str, status: int) -> int:
        if "\r\ntransfer-encoding: chunked" in head:
            total = 0
            while size := int(await reader.readuntil(b"\r\n"), 16):
                await reader.readexactly(size + 2)
                total += size
            await reader.readexactly(2)
            return total
        _before, _name, after = head.partition("\r\ncontent-length:")
        length = int(after.split("\r\n", 1)[0]) if after else 0
        if status not in (204, 304) and length:
            await reader.readexactly(length)
        return length

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def main() -> None:
    people = People(json.loads(Path(sys.argv[1]).read_text()))
    begun = time.monotonic()
    asyncio.run(people.everybody())
    print(json.dumps(people.as_json(time.monotonic() - begun)))


if __name__ == "__main__":
    main()
