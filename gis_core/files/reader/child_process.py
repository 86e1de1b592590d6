"""The child process that reads untrusted files: started cut off, asked, answered, and ended by its parent."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import resource
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import IO, Any, NoReturn

import numpy as np

from gis_core.files.reader import launch
from gis_core.files.reader.child import wire
from gis_core.files.reader.limits import Limits
from gis_core.files.reader.problems import Problem, ReaderKilled, ReaderUnavailable, ReadRefused
from gis_core.files.reader.rasters import Pixels

logger = logging.getLogger(__name__)

PIPE_BYTES = 1 << 20


class ChildProcess:
    """One warm child at a time and what is said to it and by it; its answers are distrusted.

    What kills it becomes ReadRefused, a refusal of the file that it was reading, or ReaderKilled when that was for no
    fault of the file's; ReaderUnavailable where no recipe starts one that is cut off. The next question then has a
    fresh child.
    """

    _recipe: launch.Recipe | None = None

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.isolation: Mapping[str, Any] = {}
        self._quarantine: launch.Quarantine | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._cpu = 0.0
        self._killed_before = 0
        self._stream = 0
        self._due = 0
        self._early: tuple[dict[str, Any], Pixels] | ReadRefused | ReaderKilled | None = None
        self._close_child = ExitStack()

    def _folders(self) -> launch.Quarantine:
        if self._quarantine is None:
            raise RuntimeError("the reader is not open: use it in a with statement")
        return self._quarantine

    def _stream_of(self, request: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Pixels]]:
        """Answers of a reading, each asked for before the one before it is used."""
        self._renew_if_tired()
        self._ask(request)
        self._stream += 1
        mine, self._early = self._stream, None
        self._send({"op": "next"})
        while True:
            if mine != self._stream:
                raise RuntimeError("another reading began before this one ended")
            answer, blob = self._take_early() or self._answer()
            if answer.get("done"):
                return
            self._send({"op": "next"})
            yield answer, blob

    def _start(self) -> None:
        """Start with the recipe that worked before, or try them all. Whatever was being read is over."""
        self._stream += 1
        known = type(self)._recipe
        tried = []
        for recipe in [known] if known else launch.recipes():
            report = self._try(recipe)
            if report is None:
                type(self)._recipe = recipe
                return
            tried.append(f"{recipe.name}: {report}")
        type(self)._recipe = None
        raise ReaderUnavailable("not_isolated", tried="; ".join(tried))

    def _try(self, recipe: launch.Recipe) -> str | None:
        """None when the child started and is cut off, else why not."""
        self._errors = self._close_child.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        try:
            self._killed_before = launch.processes_killed_for_memory()
            self._child = launch.start(recipe, self.limits, self._folders(), self._errors)
            self._close_child.callback(launch.end, self._child)
            _widen(self._child)
            hello = self._receive(time.monotonic() + self.limits.start_seconds)[0].get("hello")
        except (_ChildGone, _OutOfTime, OSError) as error:
            report = self._last_error() or str(error)
            self._end_child()
            return report
        if not isinstance(hello, dict) or not launch.is_isolated(hello):
            self._end_child()
            return f"network {hello.get('network')}, files {hello.get('files')}" if isinstance(hello, dict) else "?"
        self.isolation = {**hello, "recipe": recipe.name}
        self._cpu = 0.0
        return None

    def _renew_if_tired(self) -> None:
        """A fresh child when there is none, or when the present one has used half of its processor time."""
        self._folders()
        if self._child is not None and self._cpu > self.limits.cpu_seconds / 2:
            self._end_child()
        if self._child is None:
            self._start()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], Pixels]:
        """Answer to one request; the one that a reading under way has asked for is put by first."""
        if self._due:
            try:
                self._early = self._answer()
            except (ReadRefused, ReaderKilled) as refused:
                self._early = refused
        self._send(request)
        return self._answer()

    def _take_early(self) -> tuple[dict[str, Any], Pixels] | None:
        """The answer that was put by, if any; raises it when it is a refusal."""
        early, self._early = self._early, None
        if isinstance(early, ReadRefused | ReaderKilled):
            raise early
        return early

    def _send(self, request: dict[str, Any]) -> None:
        child = self._child
        if child is None or child.stdin is None:
            raise ReadRefused(Problem("reader_stopped", {"status": "-"}))
        self._due += 1
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
        except OSError:
            self._on_death(child)

    def _answer(self) -> tuple[dict[str, Any], Pixels]:
        """The next answer; whatever kills the child becomes a refusal of the file."""
        child = self._child
        if child is None:
            raise ReadRefused(Problem("reader_stopped", {"status": "-"}))
        try:
            answer, blob = self._receive(time.monotonic() + self.limits.wall_seconds)
            self._due -= 1
        except _OutOfTime:
            self._end_child()
            raise ReadRefused(Problem("took_too_long", {"seconds": self.limits.wall_seconds})) from None
        except (_ChildGone, OSError):
            self._on_death(child)
        except (ValueError, RecursionError):
            self._end_child()
            raise ReadRefused(Problem("reader_fault")) from None
        return self._accept_answer(answer), blob

    def _accept_answer(self, answer: dict[str, Any]) -> dict[str, Any]:
        cpu = answer.get("cpu")
        self._cpu = cpu if isinstance(cpu, float) else 0.0
        if answer.get("last"):
            self._end_child()
        if "trouble" in answer:
            problem = self._sensible(_file_problem, answer)
            if problem.code == "no_thread":
                self._end_child()
                raise ReaderKilled(problem.code)
            raise ReadRefused(problem)
        return answer

    def _sensible[T](self, parse: Callable[..., T], *parts: Any) -> T:
        """Parse what the child said, distrusting it."""
        try:
            return parse(*parts)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._end_child()
            raise ReadRefused(Problem("reader_fault")) from None

    def _receive(self, deadline: float) -> tuple[dict[str, Any], Pixels]:
        text_size, blob_size = wire.HEADER.unpack(self._read(wire.HEADER.size, deadline))
        if text_size + blob_size > wire.FRAME_LIMIT:
            raise ValueError("frame too large")
        message = json.loads(self._read(text_size, deadline).tobytes())
        if not isinstance(message, dict):
            raise ValueError("frame is not an object")
        return message, self._read(blob_size, deadline)

    def _read(self, size: int, deadline: float) -> Pixels:
        child = self._child
        if child is None or child.stdout is None:
            raise _ChildGone
        data = np.empty(size, np.uint8)
        output, view, filled = child.stdout, memoryview(data), 0
        while filled < size:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise _OutOfTime
            count = os.readv(output.fileno(), [view[filled:]])
            if not count:
                raise _ChildGone
            filled += count
        return data

    def _on_death(self, child: subprocess.Popen[bytes]) -> NoReturn:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            status = child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            status = 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        logger.warning("the restricted reader died", extra={"fields": {"status": status, "said": self._last_error()}})
        self._end_child()
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and used >= self.limits.cpu_seconds):
            raise ReadRefused(Problem("too_much_cpu", {"seconds": self.limits.cpu_seconds}))
        if status in (-signal.SIGKILL, -signal.SIGTERM):
            for_memory = launch.processes_killed_for_memory() > self._killed_before
            raise ReaderKilled("killed_for_memory" if for_memory else "killed")
        raise ReadRefused(Problem("reader_stopped", {"status": status}))

    def _last_error(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read(1 << 20).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def _end_child(self) -> None:
        self._child, self._errors, self._due = None, None, 0
        self._close_child.close()


def _widen(child: subprocess.Popen[bytes]) -> None:
    """Let more than a page of pixels wait in the pipe."""
    if child.stdout:
        with suppress(OSError):
            fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class _ChildGone(Exception):  # noqa: N818
    """The child closed its output."""


class _OutOfTime(Exception):  # noqa: N818
    """The child did not answer in time."""


def _file_problem(answer: dict[str, Any]) -> Problem:
    code, params = answer["trouble"]
    return Problem(str(code), dict(params))
