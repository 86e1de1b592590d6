"""The mails of consultations that wait in the queue, sent as its worker would."""

import json
from typing import Any

from django.core import mail
from django.db import connection

from gis_core.errors import MailNotTaken
from permits.services.answering import CODE_TASK
from permits.services.consultation_mail import mail_code, mail_request, note_failure
from permits.services.consulting import MAIL_TASK

WAITING = """
    select id, task_name, args::text from procrastinate_jobs
    where task_name in (%s, %s) and status = 'todo' order by id
"""


def deliver(*, given_up: bool = False) -> list[Any]:
    """Everything that was sent, once what waits was tried; `given_up`: as after the last try."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [MAIL_TASK, CODE_TASK])
        waiting = cursor.fetchall()
    for number, task, arguments in waiting:
        given = json.loads(arguments)
        try:
            mail_request(given["consultation"]) if task == MAIL_TASK else mail_code(given["link"])
        except MailNotTaken as error:
            if not given_up:
                continue
            note_failure(given["consultation"], str(error))
        with connection.cursor() as cursor:
            cursor.execute("update procrastinate_jobs set status = 'succeeded' where id = %s", [number])
    return list(mail.outbox)
