"""Mails to the administrators of the agency: when something needs them, when it gets worse, and when it is over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.accounts import mail
from gis_core.database import clock
from gis_core.database.outages import database_is_gone
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Alert, Membership, User
from gis_core.operations.watch.certificate import measure_certificate
from gis_core.operations.watch.day_measures import forget_old_measures
from gis_core.operations.watch.disks import measure_disks, measure_sizes
from gis_core.operations.watch.doctor_checks import ask_failing_again, keep_failures
from gis_core.operations.watch.findings import Need, Unknown, list_needs
from gis_core.operations.watch.presence import forget_presence
from gis_core.operations.watch.traffic import measure_traffic
from gis_core.ownership.stock import note_gone

log = logging.getLogger("arpent.watch")
CALM = timedelta(minutes=25)
"""How long something must not have been seen to be over: what comes and goes is said once."""
KEPT = timedelta(days=400)
# That no mail leaves is said by the page alone.
NO_MAIL = "mail"


def watch(timestamp: int) -> None:
    """Every ten minutes: measure what is quick to measure, then say what began to need somebody, and what is over."""
    with acting_as(SYSTEM):
        each(measure_disks, measure_certificate, measure_traffic, ask_failing_again)
        report(*list_needs({alert.code: level_of(alert) for alert in open_alerts()}))


def measure_everything(timestamp: int) -> None:
    """Every night: what takes long to measure; figures and alerts that are old go."""
    with acting_as(SYSTEM):
        each(measure_sizes, keep_failures)
        note_gone("measures", forget_old_measures(clock.today()))
        Alert.objects.filter(ended_at__lt=clock.now() - KEPT).delete()
    forget_presence()


def each(*measures: Callable[[], None]) -> None:
    """Take each measure; one that fails is recorded and leaves the others, and above all the alerts."""
    for measure in measures:
        try:
            with transaction.atomic():
                measure()
        except Exception as error:
            if database_is_gone(error):
                raise
            log.exception("something could not be measured", extra={"fields": {"measure": measure.__name__}})


def report(needs: Sequence[Need], unknown: Sequence[Unknown] = ()) -> None:
    """Compare what needs somebody with what was known, and post the mails of the difference.

    What got worse is said again. Over is only what was looked at: of what is `unknown` nothing is said.
    """
    now = clock.now()
    present = {one.code: one for one in sorted(needs, key=lambda one: one.level)}
    with transaction.atomic():
        known = {alert.code: alert for alert in open_alerts().select_for_update()}
        begun = []
        for need in present.values():
            alert = known.get(need.code) or Alert(code=need.code, began_at=now)
            is_worse = alert.pk is None or need.level > level_of(alert)
            alert.texts, alert.seen_at = {**need.texts, "level": need.level}, now
            alert.save()
            if is_worse:
                begun.append(alert)
        absent = [one for one in known.values() if one.code not in present and now - one.seen_at >= CALM]
        over = [one for one in absent if not any(subject.covers(one.code) for subject in unknown)]
        for alert in over:
            alert.ended_at = now
            alert.save(update_fields=["ended_at"])
        begun, over = [[one for one in alerts if one.code != NO_MAIL] for alerts in (begun, over)]
        for user in recipients() if begun or over else ():
            post(user, begun, over)


def level_of(alert: Alert) -> int:
    """How bad it was when it was last seen."""
    return int(alert.texts.get("level", 0))


def open_alerts() -> QuerySet[Alert]:
    return Alert.objects.filter(ended_at=None)


def recipients() -> list[User]:
    """Those who may open Exploitation, have an address, and did not say that they want no such mail."""
    administrators = Membership.objects.accepted().filter(role=Role.AGENCY_ADMINISTRATOR)
    accepted = User.objects.filter(is_active=True, alert_mails=True, memberships__in=administrators)
    return list(accepted.exclude(email="").distinct().order_by("pk"))


def post(user: User, begun: Sequence[Alert], over: Sequence[Alert]) -> None:
    """One mail in the person's language, once the transaction is committed."""
    with translation.override(user.language):
        context = {
            "user": user,
            "begun": texts_of(begun, user.language),
            "over": texts_of(over, user.language),
            "page": settings.SITE_URL + reverse("overview"),
            "account": settings.SITE_URL + reverse("account"),
        }
        body = render_to_string("mail/alert.txt", context).strip() + "\n"
        mail.post("written", to=user.email, subject=subject_of(begun, over), body=body)


def texts_of(alerts: Iterable[Alert], language: str) -> list[dict[str, str]]:
    return [alert.texts[language] for alert in alerts]


def subject_of(begun: Sequence[Alert], over: Sequence[Alert]) -> str:
    if not begun:
        return _("Arpent: over")
    count = len(begun)
    return ngettext("Arpent needs you: %(count)s point", "Arpent needs you: %(count)s points", count) % {"count": count}
