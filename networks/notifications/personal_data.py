"""How long whom to warn is kept, and what that is processed for (`gis_core.ownership`)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.ownership.law import OBJECTION
from gis_core.ownership.processings import Controller, Processing
from gis_core.ownership.retention import FOR_EVER, JOURNAL_DAYS, RetentionKind, When
from gis_core.ownership.stock import closed_rows, files
from gis_core.wiring.points import Later


def sent_file_days() -> str:
    from networks.notifications.services.retention import FILE_DAYS, TRIAL_DAYS

    text = _("%(files)s days; trials: %(trials)s days; delivery reports: 30 days")
    return text % {"files": FILE_DAYS, "trials": TRIAL_DAYS}


KINDS: Final = (
    RetentionKind(
        slug="contacts",
        title=_("Contacts of subscribers"),
        what=_(
            "Name, telephone, e-mail and postal address of those who are warned of an outage, where nobody has"
            " confirmed them."
        ),
        when=When.MEMBER,
        models=("notifications.Contact",),
        duration=lambda: _("the years set by each authority after the last confirmation (5 where it set nothing)"),
        reason=_("the authority's setting; five years by default is the platform's choice"),
        rehearse=Later("networks.notifications.services.retention.rehearse_forgetting"),
        stock=closed_rows("notifications_contact", "confirmed_date"),
    ),
    RetentionKind(
        slug="recipients",
        title=_("Recipients of notices sent"),
        what=_("The number or the address of each message; the message stays, without a recipient."),
        when=When.MEMBER,
        models=("notifications.Message",),
        duration=lambda: _("the months set by each authority after sending (12 where it set nothing)"),
        reason=_("the authority's setting: to answer for a notice that was not received"),
        rehearse=Later("networks.notifications.services.retention.rehearse_emptying"),
        stock=Later("networks.notifications.services.retention.count_recipients"),
    ),
    RetentionKind(
        slug="objections",
        title=_("Refusals to be warned"),
        what=_("The number or the address of those who want no more notices."),
        when=When.STAYS,
        models=("notifications.OptOut",),
        duration=lambda: _("as long as the authority warns its subscribers; it goes with the authority"),
        article=OBJECTION.article,
        reason=_("The refusal to be warned: without it, the person would be warned again after the next import."),
    ),
    RetentionKind(
        slug="sent_files",
        title=_("Files handed to gateways, trials, delivery reports that came too early"),
        what=_("What was handed over or tried, with the recipients."),
        when=When.ALWAYS,
        models=("notifications.EarlyReport",),
        duration=sent_file_days,
        reason=_("to check what was handed over"),
        stock=files(Later("networks.notifications.services.retention.sent_files")),
        rehearse=Later("networks.notifications.services.retention.count_old_files"),
    ),
    RetentionKind(
        slug="contact_readings",
        title=_("Journal of contacts"),
        what=_("Who read, changed or exported which contacts; deleted a chosen number of days later."),
        when=When.CHOSEN,
        models=("notifications.ContactReading",),
        duration=lambda: FOR_EVER,
        reason=_("to be chosen by the agency with the authorities"),
        erase=Later("networks.notifications.services.retention.forget_readings"),
        least_days=JOURNAL_DAYS,
        stock=closed_rows("notifications_contactreading", "at"),
    ),
)
PROCESSINGS: Final = (
    Processing(
        slug="warnings",
        title=_("Warn subscribers"),
        controller=Controller.MEMBER,
        purposes=_("Warn the people who need it of a water outage or of works."),
        basis=_("task in the public interest (GDPR, art. 6 § 1 e): the water service; the person may object (art. 21)"),
        people=_("subscribers and occupants, sensitive users"),
        models=(
            "notifications.Contact",
            "notifications.OptOut",
            "notifications.Message",
            "notifications.ContactReading",
        ),
        data=_("address served, sensitive user or not"),
        recipients=_(
            "technicians and administrators of the authority; the provider of text messages and mails"
            " that the agency chose (to be named)"
        ),
        measures=_("contacts read by functions that write their journal; a refusal counts for later imports"),
    ),
)
