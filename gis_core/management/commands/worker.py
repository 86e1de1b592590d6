"""Run background jobs until told to stop."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app

from gis_core.reader import sweep_quarantine
from gis_core.services.jobs import BEAT_S, LOST_AFTER_S
from gis_core.tasks import WAITED, keep_sweeping, sweep

log = logging.getLogger("arpent.worker")
# The supervisor kills after ten seconds: what is interrupted needs some of them to end in order.
GRACE_S = 5.0
BRIEF_GRACE_S = 2.0
POLL_S = 2.0


class Command(BaseCommand):
    help = "Run background jobs. SIGTERM waits a few seconds for what runs; the rest is taken up by the next worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1)
        parser.add_argument("--once", action="store_true", help="Stop when no job is waiting.")

    def handle(self, *args: Any, concurrency: int, once: bool, **options: Any) -> None:
        sweep_quarantine()
        asyncio.run(work(concurrency, once))


async def run_waited(run: Callable[..., Awaitable[None]]) -> None:
    """Run the jobs that somebody waits for, for ever, whatever happens to the database."""
    while True:
        try:
            await run(queues=[WAITED], shutdown_graceful_timeout=BRIEF_GRACE_S, install_signal_handlers=False)
        except Exception:
            log.exception("the jobs that somebody waits for could not be run")
        await asyncio.sleep(POLL_S)


async def work(concurrency: int, once: bool, *queues: str) -> None:
    """Run jobs, of these queues or of all: then those that somebody waits for run beside a long one."""
    chosen: dict[str, Any] = {"queues": list(queues)} if queues else {}
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker_app.open_async():
        await sweep(worker_app.job_manager)
        run = partial(
            worker_app.run_worker_async,
            name="arpent",
            wait=not once,
            listen_notify=not once,
            # A job that is taken up again is announced to nobody.
            fetch_job_polling_interval=POLL_S,
            update_heartbeat_interval=BEAT_S,
            stalled_worker_timeout=LOST_AFTER_S,
        )
        beside = [keep_sweeping(worker_app.job_manager)]
        if not once and not queues:
            beside.append(run_waited(run))
        tasks = [asyncio.create_task(one) for one in beside]
        signals = threading.current_thread() is threading.main_thread()
        try:
            await run(
                concurrency=concurrency, shutdown_graceful_timeout=GRACE_S, install_signal_handlers=signals, **chosen
            )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
