"""Where the worker's tasks run: child processes, which can be ended whatever they are doing.

A thread that computes in C or waits for PostgreSQL cannot be interrupted; a process can. The worker asks for the end of
a task first, and kills its process when it goes on. A launcher, forked before there are threads, forks the others.
"""

from __future__ import annotations

import array
import atexit
import ctypes
import logging
import os
import queue
import select
import signal
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

from django.db import connections
from django.utils.translation import gettext as _
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job as QueuedJob

from gis_core.database.failures import in_domain_terms
from gis_core.database.outages import database_is_gone
from gis_core.errors import DatabaseGone, TryAgain
from gis_core.operations.logs import current_task, without_values

log = logging.getLogger("arpent.tasks")
type Socket = socket.socket

POLL_S = 0.1
# From asking a task to stop to killing its process; with the worker's own grace less than five seconds.
STOP_S = 2.0
PID = struct.Struct("=i")
PR_SET_PDEATHSIG = 1
APPLICATION = "arpent worker {}"
# A process that had nothing to do for so long ends: its memory goes back.
IDLE_S = 600.0


# How often the task that runs was begun before.
attempts: ContextVar[int] = ContextVar("attempts", default=0)


class Interrupted(JobAborted):
    """Raised inside a task that has to stop before its end."""


class TaskFailed(Exception):  # noqa: N818
    """A task ended badly in its process; holds where, and the class of what was raised, as text."""

    @property
    def without_values(self) -> str:
        return str(self)


class ProcessLost(Exception):  # noqa: N818
    """The process of a task ended before the task did, and nobody of ours ended it."""


class LauncherLost(ProcessLost):
    """The process that forks the others has ended: this worker runs no task any more."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a task ended: `trace` is the traceback of what it raised; `again`: it asks to be tried again."""

    interrupted: bool = False
    again: TryAgain | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Launcher:
    """The process that forks the others, and our end of the socket on which it is asked to."""

    socket: Socket
    lock: threading.Lock

    @classmethod
    def start(cls) -> Launcher:
        """Fork it; only while this process has a single thread and no connection to the database."""
        if threading.active_count() > 1:
            raise RuntimeError("a process with threads must not be forked")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            ours.close()
            launch_for_ever(theirs)
        theirs.close()
        return cls(ours, threading.Lock())

    def launch(self, name: str) -> tuple[int, Socket]:
        """A new task process, whose connections to the database bear this name: its pid, and our end of its socket."""
        ours, theirs = socket.socketpair()
        with theirs, self.lock:
            given = array.array("i", [theirs.fileno()])
            try:
                self.socket.sendmsg([name.encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, given)])
                answer = self.socket.recv(PID.size)
            except OSError:
                answer = b""
        if not answer:
            ours.close()
            raise LauncherLost("the launcher of task processes has ended")
        return PID.unpack(answer)[0], ours


def launch_for_ever(requests: socket.socket) -> NoReturn:
    """The launcher's life: a fork for each message, until the worker has gone."""
    try:
        prepare_signals()
        signal.signal(signal.SIGCHLD, reap)
        while True:
            name, descriptors, _flags, _address = socket.recv_fds(requests, 100, 1)
            if not name:
                break
            pid = os.fork()
            if pid == 0:
                requests.close()
                serve(descriptors[0], name.decode())
            os.close(descriptors[0])
            requests.send(PID.pack(pid))
    finally:
        os._exit(0)


def prepare_signals() -> None:
    """Signals to the whole group are the worker's to obey; what is started from here gets the usual ones back."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_arguments: None)


def reap(*_arguments: Any) -> None:
    """Take leave of children, and say which were killed by what."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if os.WIFSIGNALED(status):
                log.warning("a task process was killed", extra={"fields": {"pid": pid, "signal": os.WTERMSIG(status)}})


def serve(descriptor: int, name: str) -> NoReturn:
    """A task process's life: one task after the other, until the worker has gone."""
    try:
        # The launcher ends with the worker, however that ends.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ["PGAPPNAME"] = name
        Server(Connection(descriptor)).run()
    except BaseException:
        log.exception("a task process ended")
    finally:
        os._exit(0)


class Server:
    """Runs tasks in this process, and hears meanwhile whether they shall stop."""

    def __init__(self, worker: Connection[Any, Any]) -> None:
        self.worker = worker
        self.requests: queue.SimpleQueue[QueuedJob | None] = queue.SimpleQueue()
        self.reason: AbortReason | None = None

    def run(self) -> None:
        threading.Thread(target=self.listen, name="worker-listener", daemon=True).start()
        while job := self.requests.get():
            ended = self.perform(job)
            connections.close_all()
            self.reason = None
            self.worker.send(ended)
        atexit._run_exitfuncs()

    def listen(self) -> None:
        while True:
            try:
                said = self.worker.recv()
            except (EOFError, OSError):
                self.reason = AbortReason.SHUTDOWN
                self.requests.put(None)
                return
            if isinstance(said, AbortReason):
                self.reason = said
            else:
                self.requests.put(said)

    def perform(self, job: QueuedJob) -> Ended:
        task = app.tasks[job.task_name]
        attempts.set(job.attempts)
        current_task.set(fields_of(job))
        context = JobContext(app=app, job=job, start_timestamp=time.time(), abort_reason=lambda: self.reason)
        try:
            task(*([context] if task.pass_context else []), **job.task_kwargs)
        except Interrupted:
            return Ended(interrupted=True)
        except TryAgain as error:
            return Ended(again=type(error)(str(error.message)))
        except BaseException as error:
            if database_is_gone(error):
                return Ended(again=DatabaseGone(_("The database does not answer.")))
            if isinstance(known := in_domain_terms(error), TryAgain):
                return Ended(again=type(known)(str(known.message)))
            return Ended(trace=without_values(error))
        return Ended()


def fields_of(job: QueuedJob) -> dict[str, object]:
    """What log lines say of a task: its name, its number in the queue, and that of the job that people watch."""
    watched = job.task_kwargs.get("job_id")
    return {"task": job.task_name, "queued": job.id, **({"job": watched} if isinstance(watched, int) else {})}


class TaskProcess:
    """A task process as the worker sees it."""

    def __init__(self, launcher: Launcher, name: str) -> None:
        pid, opened = launcher.launch(name)
        self.pid = pid
        try:
            self.handle = os.pidfd_open(pid)
        except ProcessLookupError as error:
            opened.close()
            raise ProcessLost("a task process ended at once") from error
        self.connection: Connection[Any, Any] = Connection(opened.detach())
        self.used_at = time.monotonic()

    def run(self, job: QueuedJob, reason: Callable[[], AbortReason | None]) -> Ended | None:
        """Run a task to its end. None when the process has ended before it: by itself, or killed once asked to stop."""
        stopping_at: float | None = None
        try:
            self.connection.send(job)
            while not self.connection.poll(POLL_S):
                if stopping_at is None:
                    if why := reason():
                        self.connection.send(why)
                        stopping_at = time.monotonic()
                elif time.monotonic() - stopping_at > STOP_S:
                    log.warning("a task went on and is killed", extra={"fields": {"task": job.task_name}})
                    self.kill()
                    return None
            ended: Ended = self.connection.recv()
        except (EOFError, OSError):
            self.kill()
            return None
        return ended

    def kill(self) -> None:
        """End the process and everything that it has started, and wait for its end."""
        below = [handle for pid in descendants(self.pid) if (handle := open_process(pid)) is not None]
        for handle in (self.handle, *below):
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        wait_for_end([self.handle, *below], STOP_S)
        for handle in below:
            os.close(handle)
        self.close()

    def close(self) -> None:
        """Let it end once it has nothing to do."""
        if self.handle >= 0:
            self.connection.close()
            os.close(self.handle)
            self.handle = -1


def open_process(pid: int) -> int | None:
    """A handle of a process, which another with the same number later does not answer to."""
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def wait_for_end(handles: list[int], seconds: float) -> None:
    """Until all of these processes have ended, at most that long."""
    deadline = time.monotonic() + seconds
    alive = set(handles)
    while alive and (left := deadline - time.monotonic()) > 0:
        alive -= set(select.select(list(alive), [], [], left)[0])


def descendants(pid: int) -> Iterator[int]:
    """Every process below this one."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, task.read_text().split()):
                yield child
                yield from descendants(child)


class TaskProcesses:
    """The task processes of a worker: one for each task at once, kept warm for the next.

    Its processes bear the number of the worker's row in the queue (`worker_id`): a worker that lost its row has others.
    """

    def __init__(self) -> None:
        self.launcher: Launcher | None = None
        self.idle: defaultdict[int, list[TaskProcess]] = defaultdict(list)
        self.lock = threading.Lock()

    def start(self) -> None:
        """Make them possible: called before the worker has threads. Without, tasks run in the worker itself."""
        self.launcher = Launcher.start()

    def stop(self) -> None:
        """Let all of them end; those that do not at once end with the launcher."""
        with self.lock:
            idle = [one for of_worker in self.idle.values() for one in of_worker]
            self.idle.clear()
        for process in idle:
            process.connection.close()
        for process in idle:
            select.select([process.handle], [], [], POLL_S)
            process.close()
        if self.launcher:
            self.launcher.socket.close()
            self.launcher = None

    def run(self, worker_id: int, job: QueuedJob, reason: Callable[[], AbortReason | None]) -> Ended | None:
        """Run a task in an idle process, or in a new one; None when the process was lost or killed."""
        assert self.launcher
        with self.lock:
            self.close_idle()
            process = self.idle[worker_id].pop() if self.idle[worker_id] else None
        process = process or TaskProcess(self.launcher, APPLICATION.format(worker_id))
        ended = process.run(job, reason)
        if ended is not None:
            with self.lock:
                process.used_at = time.monotonic()
                self.idle[worker_id].append(process)
        return ended

    def close_idle(self) -> None:
        """End what nobody has used for long, of former workers above all."""
        for idle in self.idle.values():
            while idle and time.monotonic() - idle[0].used_at > IDLE_S:
                idle.pop(0).close()


processes = TaskProcesses()
