"""What happens in the background: parcel sheets frozen for files; mails of consultations; states and dates every night,
reminders on weekday mornings. Hours are in UTC.
"""

from typing import Any

from procrastinate import JobContext

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.ownership.stock import note_gone
from gis_core.tasks import RunningJob
from permits.services import bulk, consultation_mail, sheets
from permits.services.documents import DOCUMENTS
from permits.services.reminding import send_digests
from permits.services.retention import forget_ended
from permits.services.sweeping import sweep


def permit_sheet(running: RunningJob) -> dict[str, Any]:
    """Freeze the parcel sheet of a file."""
    return sheets.freeze_sheet(running.job, running.rights)


def mail_consultation(consultation: int) -> None:
    """The mail of a request for an opinion leaves. Raises MailNotTaken: it is tried again."""
    consultation_mail.mail_request(consultation)


def note_mail_given_up(arguments: dict[str, Any], why: str) -> None:
    """The mail of a request is not tried again: its consultation says so, and why."""
    consultation_mail.note_failure(arguments["consultation"], why)


def mail_consultation_code(link: int) -> None:
    """A code leaves. Raises MailNotTaken."""
    consultation_mail.mail_code(link)


def permit_bulk(running: RunningJob) -> dict[str, Any]:
    """The same thing done to many files."""
    return bulk.carry_out(running.parameters, running.rights, running.report_progress)


def sweep_permits(context: JobContext, timestamp: int) -> None:
    """Every night, early in Paris; one that was stopped is taken up by the next worker."""
    with acting_as(SYSTEM):
        sweep(again=bool(context.job.attempts))


def remind_of_permits(timestamp: int) -> None:
    """Weekday mornings, every hour: a worker that was away catches up, and nobody is written to twice a day."""
    with acting_as(SYSTEM):
        sweep()
    send_digests()


def forget_applicants(timestamp: int) -> None:
    """Every night: who applied, and their forms, go some years after the end of a file; so do files cut short."""
    note_gone("applicants", forget_ended())
    DOCUMENTS.remove_partial_files()
