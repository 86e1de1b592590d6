"""How messages leave: to a file (unless told otherwise), to an SMS provider over HTTP, to a mail server.

A gateway hands a few messages over and says of each what became of it. What it cannot say is `UNKNOWN`: the message may
have left. It is tried again with the same key alone, by a gateway that knows messages by their key (`knows_keys`).
"""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.core.mail import EmailMessage, mailers
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from networks.notifications.models import Channel, Message

State = Message.State
AT_ONCE = 8
ATTEMPTS = 4
BACKOFF_S = 1.0
LONGEST_ANSWER = 65_536
ALREADY, GOODBYE = 409, 421
# Of files with messages: closed to others, but open to the group, whose user makes the backups.
MESSAGES_MODE = 0o640
NOT_NOW = frozenset({401, 402, 403, 404, 405, 407, 429})
"""What a provider answers who takes no message from us as things are: the key, the account, the address, too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message as it leaves. `stop` is the address by which the receiver gets no more e-mails."""

    key: str
    to: str
    text: str
    title: str = ""
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message: HANDED, FAILED, UNKNOWN, or WAITING where it certainly did not leave; `away` where
    no other one would either."""

    key: str
    state: State
    provider_id: str = ""
    why: str = ""
    away: bool = False


class Gateway(Protocol):
    """A way out. It takes `batch` messages at a time: what is under way when a process dies is one batch."""

    batch: int
    knows_keys: bool

    def hand_over(self, messages: Sequence[Outgoing]) -> Sequence[Answer]: ...
    def close(self) -> None: ...


def gateway_for(channel: str, notice_id: int) -> Gateway:
    """The one that the settings name."""
    if channel == Channel.EMAIL:
        return MailGateway()
    if settings.SMS_URL:
        return HttpGateway(settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_SENDER,
                           knows_keys=settings.SMS_KNOWS_KEYS, timeout_s=settings.SMS_TIMEOUT_S)  # fmt: skip
    return FileGateway(folder() / f"sms-{notice_id}.jsonl")


def writes_files() -> bool:
    """Whether text messages are only written to a file."""
    return not settings.SMS_URL


def mails_to_files() -> bool:
    return "filebased" in str(settings.MAILERS["default"]["BACKEND"])


def folder() -> Path:
    """Where messages are written that go to nobody."""
    return Path(settings.FILES_DIR) / "warning"


class FileGateway:
    """One JSON line for each message, once for each key."""

    batch = 500
    knows_keys = True

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known_keys: set[str] | None = None

    def hand_over(self, messages: Sequence[Outgoing]) -> Sequence[Answer]:
        if self.known_keys is None:
            self.known_keys = set(keys_in(self.path))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            for one in messages:
                if one.key not in self.known_keys:
                    file.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                    self.known_keys.add(one.key)
        self.path.chmod(MESSAGES_MODE)
        return [Answer(one.key, State.HANDED) for one in messages]

    def close(self) -> None:
        """Nothing is open."""


def keys_in(path: Path) -> list[str]:
    """Keys of the whole lines of a file; a line that a crash cut short is none."""
    keys = []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                keys.append(str(json.loads(line)["key"]))
            except (ValueError, KeyError, TypeError):
                continue
    return keys


@dataclass
class HttpGateway:
    """A provider with a JSON interface: one POST for each message, with its key as `Idempotency-Key`.

    A message that the provider had already (409) counts as handed over. Redirections are not followed.
    """

    url: str
    token: str
    sender: str
    knows_keys: bool = True
    timeout_s: float = 10.0
    wait: Callable[[float], None] = time.sleep
    batch: int = 40
    pool: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=AT_ONCE, block=True))

    def hand_over(self, messages: Sequence[Outgoing]) -> Sequence[Answer]:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(self.one, messages))

    def close(self) -> None:
        self.pool.clear()

    def one(self, message: Outgoing) -> Answer:
        """Try, and again after a while where that cannot warn anybody twice."""
        answer = Answer(message.key, State.WAITING)
        unsure = False
        for attempt in range(ATTEMPTS):
            if attempt:
                self.wait(BACKOFF_S * 2 ** (attempt - 1))
            answer = self.post(message)
            unsure = unsure or answer.state == State.UNKNOWN
            if answer.state in (State.HANDED, State.FAILED):
                return answer
            if answer.state == State.UNKNOWN and not self.knows_keys:
                return answer
        return Answer(message.key, State.UNKNOWN, why=answer.why) if unsure else answer

    def post(self, message: Outgoing) -> Answer:
        body = {"to": message.to, "from": self.sender, "text": message.text, "reference": message.key}
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": message.key}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            response = self.pool.request(
                "POST", self.url, body=json.dumps(body).encode(), headers=headers, timeout=self.timeout_s,
                retries=False, redirect=False, preload_content=False,
            )  # fmt: skip
            try:
                content = response.read(LONGEST_ANSWER)
            finally:
                response.release_conn()
        except (NewConnectionError, ConnectTimeoutError):
            return Answer(message.key, State.WAITING, why="unreachable")
        except HTTPError as error:
            return Answer(message.key, State.UNKNOWN, why=type(error).__name__)
        return read_answer(message.key, response.status, content)


def read_answer(key: str, status: int, body: bytes) -> Answer:
    """What a provider's answer means. One that says nothing clear leaves the message unknown."""
    answer = json_in(body)
    number = str(answer.get("id") or answer.get("message_id") or "")[:120]
    if 200 <= status < 300 or status == ALREADY:
        return Answer(key, State.HANDED, number)
    why = str(answer.get("detail") or answer.get("message") or answer.get("error") or f"HTTP {status}")[:200]
    if status in NOT_NOW:
        return Answer(key, State.WAITING, why=why)
    if 400 <= status < 500 and status != 408:
        return Answer(key, State.FAILED, why=why)
    return Answer(key, State.UNKNOWN, why=why)


def json_in(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


class MailGateway:
    """Django's mail server. It knows no keys: what it may have taken before a failure is not sent again."""

    batch = 1
    knows_keys = False

    def __init__(self) -> None:
        self.server: Any = None

    def hand_over(self, messages: Sequence[Outgoing]) -> Sequence[Answer]:
        return [self.one(message) for message in messages]

    def one(self, message: Outgoing) -> Answer:
        """Once more over a new connection where the server closed the former one before it took the message."""
        answer = self.deliver(message)
        return self.deliver(message) if answer.why.startswith(str(GOODBYE)) else answer

    def deliver(self, message: Outgoing) -> Answer:
        """Over one connection, a new one after each failure that leaves something open."""
        if self.server is None:
            try:
                self.server = mailers.default
                self.server.open()
            except (SMTPException, OSError) as error:
                self.server = None
                return Answer(message.key, State.WAITING, why=type(error).__name__, away=True)
        answer = send_mail(self.server, message)
        if answer.state in (State.UNKNOWN, State.WAITING):
            self.close()
        return answer

    def close(self) -> None:
        server, self.server = self.server, None
        if server is not None:
            with suppress(SMTPException, OSError):
                server.close()


def send_mail(server: Any, message: Outgoing) -> Answer:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{message.key}@{host}>",
        "List-Unsubscribe": f"<{message.stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMessage(message.title, message.text, settings.DEFAULT_FROM_EMAIL, [message.to], headers=headers)
    try:
        server.send_messages([mail])
    except SMTPRecipientsRefused as error:
        ((code, why),) = error.recipients.values()
        return refusal_of(message.key, code, why)
    except SMTPSenderRefused as error:
        # It takes no mail from us, whoever it is for.
        return replace(refusal_of(message.key, error.smtp_code, error.smtp_error), state=State.WAITING, away=True)
    except SMTPResponseException as error:
        return refusal_of(message.key, error.smtp_code, error.smtp_error)
    except (SMTPException, OSError) as error:
        return Answer(message.key, State.UNKNOWN, why=type(error).__name__)
    return Answer(message.key, State.HANDED)


def refusal_of(key: str, code: int, why: bytes | str) -> Answer:
    """The server said no: for good (5xx), or for now (4xx: it did not leave)."""
    text = why.decode(errors="replace") if isinstance(why, bytes) else why
    return Answer(key, State.FAILED if code >= 500 else State.WAITING, why=f"{code} {text}"[:200])
