"""The mails about accounts that wait in the queue, sent as its worker would."""

import json
from typing import Any

from django.core import mail
from django.db import connection

from gis_core.accounts import mail as account_mail


def waiting() -> list[tuple[int, dict[str, Any]]]:
    """Those that have not left: the task's number and its arguments."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, args::text from procrastinate_jobs where task_name = %s and status = 'todo' order by id",
            [account_mail.TASK],
        )
        return [(number, json.loads(arguments)) for number, arguments in cursor.fetchall()]


def outbox() -> list[Any]:
    """Everything that was sent, once what waits has left."""
    for number, arguments in waiting():
        account_mail.send(**arguments)
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set status = 'succeeded' where id = %s", [number])
    return list(mail.outbox)
