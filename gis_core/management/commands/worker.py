"""Run background jobs until told to stop."""

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, LiteralString

import psycopg
from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connections
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException

from gis_core.database.outages import database_is_gone
from gis_core.files.reader import sweep_quarantine
from gis_core.jobs.points import DIRECTORIES, WAITED
from gis_core.jobs.services import BEAT_S, LOST_AFTER_S
from gis_core.jobs.task_process import processes
from gis_core.tasks import declare_tasks, in_a_process, keep_sweeping, sweep

log = logging.getLogger("arpent.worker")
# What is nearly done may end. Then its process has `STOP_S` to stop before it is killed: five seconds in all.
GRACE_S = 1.0
POLL_S = 2.0
# How long the queue may take for a connection, and how long we wait after losing the database, more each time.
ANSWER_S = 5.0
FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 10.0
SOUND_S = 30.0


class Command(BaseCommand):
    help = "Run background jobs. SIGTERM waits a few seconds for what runs; the rest is taken up by the next worker."
    # Those of the code: `check` and `migrate` run them, and a fifth of a worker's start would be theirs.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1)
        parser.add_argument("--once", action="store_true", help="Stop when no job is waiting.")

    def run_from_argv(self, argv: list[str]) -> None:
        """Fork what forks task processes before there are connections, which have threads.

        Leave at once where all went well: taking the interpreter apart takes seconds on a busy machine.
        """
        declare_tasks()
        processes.start()
        try:
            super().run_from_argv(argv)
        finally:
            processes.stop()
        logging.shutdown()
        os._exit(0)

    def handle(self, *args: Any, concurrency: int, once: bool, **options: Any) -> None:
        sweep_quarantine()
        # Cancelled: somebody asked for our end.
        with suppress(asyncio.CancelledError):
            asyncio.run(work(concurrency, once))


class Connector(PsycopgConnector):
    """Procrastinate's own, which remembers that it lost the database: what it was about to say is not in the queue."""

    def __init__(self) -> None:
        self.parameters = connector_params()
        self.lost = asyncio.Event()
        super().__init__(kwargs=self.parameters, timeout=ANSWER_S, configure=commit_each_statement)

    async def check(self) -> None:
        """Raises psycopg's OperationalError at once while the database is away; opening the pool would wait."""
        async with await psycopg.AsyncConnection.connect(**self.parameters):
            pass

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        with self._noticing():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        with self._noticing():
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
            return row

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        with self._noticing():
            rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
            return rows

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except ConnectorException as error:
            if database_is_gone(error):
                self.lost.set()
            raise


async def commit_each_statement(connection: psycopg.AsyncConnection[Any]) -> None:
    """The queue is told one thing at a time. A worker that is frozen before its commit would hold its own row, for
    which each worker that starts waits in vain.
    """
    await connection.set_autocommit(True)


async def work(concurrency: int, once: bool, *queues: str) -> None:
    """Run jobs, of these queues or of all, until a signal comes (or until none waits); through losses of the database.

    After each loss we take part in the queue anew, under another name: what was ours there goes back.
    """
    stop_on_signals()
    delay = FIRST_DELAY_S
    while True:
        begun = time.monotonic()
        try:
            await work_until_lost(concurrency, once, queues)
        except (ConnectorException, psycopg.Error, DatabaseError, InterfaceError) as error:
            if once or not database_is_gone(error):
                raise
            log.warning("the database does not answer: %s", error)
        if once:
            return
        delay = FIRST_DELAY_S if time.monotonic() - begun > SOUND_S else min(2 * delay, LONGEST_DELAY_S)
        log.warning("the worker takes part in the queue again in %s s", delay)
        await asyncio.sleep(delay)


def stop_on_signals() -> None:
    """SIGINT and SIGTERM cancel the task that runs now."""
    task = asyncio.current_task()
    if task and threading.current_thread() is threading.main_thread():
        for sign in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(sign, task.cancel)


async def work_until_lost(concurrency: int, once: bool, queues: Sequence[str]) -> None:
    """Run jobs until the database is lost (or until none waits), those that somebody waits for beside a long one."""
    connector = Connector()
    await connector.check()
    # Periodic tasks are deferred through Django's connection, which a loss has broken.
    await sync_to_async(connections.close_all)()
    worker_app = app.with_connector(connector)
    declare_tasks()
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
        chosen: dict[str, Any] = {"queues": list(queues)} if queues else {}
        ours = [run(concurrency=concurrency, **chosen), connector.lost.wait()]
        if not once and not queues:
            ours += [run(queues=[WAITED]), run(queues=[DIRECTORIES])]
        await first_of(*ours, beside=keep_sweeping(worker_app.job_manager))


async def first_of(*awaited: Coroutine[Any, Any, Any], beside: Coroutine[Any, Any, None]) -> None:
    """Until one of these is over, which may raise; the others, and what runs beside, are cancelled and waited for."""
    tasks = [asyncio.create_task(one) for one in awaited]
    helper = asyncio.create_task(beside)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (*tasks, helper):
            task.cancel()
        await asyncio.gather(*tasks, helper, return_exceptions=True)
