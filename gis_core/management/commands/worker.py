"""Run background jobs until told to stop."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app

from gis_core.reader import sweep_quarantine
from gis_core.services.jobs import BEAT_S, LOST_AFTER_S
from gis_core.task_process import processes
from gis_core.tasks import WAITED, WithTheNextWorker, in_a_process, keep_sweeping, sweep

log = logging.getLogger("arpent.worker")
# What is nearly done may end. Then its process has `STOP_S` to stop before it is killed: five seconds in all.
GRACE_S = 1.0
POLL_S = 2.0


class Command(BaseCommand):
    help = "Run background jobs. SIGTERM waits a few seconds for what runs; the rest is taken up by the next worker."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1)
        parser.add_argument("--once", action="store_true", help="Stop when no job is waiting.")

    def run_from_argv(self, argv: list[str]) -> None:
        """Fork what forks task processes before the checks open connections, which have threads.

        Leave at once where all went well: taking the interpreter apart takes seconds on a busy machine.
        """
        processes.start()
        try:
            super().run_from_argv(argv)
        finally:
            processes.stop()
        logging.shutdown()
        os._exit(0)

    def handle(self, *args: Any, concurrency: int, once: bool, **options: Any) -> None:
        sweep_quarantine()
        asyncio.run(work(concurrency, once))


async def run_waited(run: Callable[..., Awaitable[None]]) -> None:
    """Run the jobs that somebody waits for, for ever, whatever happens to the database."""
    while True:
        try:
            await run(queues=[WAITED])
        except Exception:
            log.exception("the jobs that somebody waits for could not be run")
        await asyncio.sleep(POLL_S)


async def work(concurrency: int, once: bool, *queues: str) -> None:
    """Run jobs, of these queues or of all: then those that somebody waits for run beside a long one."""
    chosen: dict[str, Any] = {"queues": list(queues)} if queues else {}
    for declared in app.tasks.values():
        declared.retry_strategy = declared.retry_strategy or WithTheNextWorker()
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
            abort_job_polling_interval=POLL_S,
            update_heartbeat_interval=BEAT_S,
            stalled_worker_timeout=LOST_AFTER_S,
            shutdown_graceful_timeout=GRACE_S,
            install_signal_handlers=False,
            task_middleware=[in_a_process],
        )
        beside = [keep_sweeping(worker_app.job_manager)]
        if not once and not queues:
            beside.append(run_waited(run))
        tasks = [asyncio.create_task(one) for one in (run(concurrency=concurrency, **chosen), *beside)]
        with told_to_stop(tasks):
            try:
                await tasks[0]
            except asyncio.CancelledError:
                log.info("the worker was told to stop")
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def told_to_stop(tasks: list[asyncio.Task[Any]]) -> Iterator[None]:
    """On SIGTERM and SIGINT all of them stop at once, each in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        for task in tasks:
            task.cancel()

    for number in numbers:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
