"""Layers that are brought up to date by themselves: from a folder of the site or an address, on a schedule.

A refreshing is an import like those that people make, by the rules of its dry run: what would take too much away, or
cannot be read, changes nothing. The files and the plan then stay among the imports, where somebody looks and decides;
the administrators of the layer are told by mail. Files that are those of the last time are left alone.
"""

import logging
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.accounts import mail
from gis_core.database import clock as database_clock
from gis_core.database.failures import in_domain_terms
from gis_core.database.outages import database_is_gone
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound, Unavailable
from gis_core.jobs.points import nothing
from gis_core.jobs.services import queue_task
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as
from gis_core.models import Membership, User
from gis_core.outside.addresses import check_allowed, target_of
from layers.catalogue.models import Layer
from layers.external.services.images import list_allowed_hosts
from layers.intake.choices import Choices, Mode
from layers.intake.import_loss import LossRefused
from layers.intake.models import FileImport, LayerRefresh
from layers.intake.refresh_files import Fetched, digest_of, file_at, files_below
from layers.intake.services import deliveries, local
from layers.intake.services.deliveries import layer_of
from layers.intake.services.ordering import updatable_layers
from layers.intake.services.proposing import missing_fields, propose, refuse_doubtful_crs
from layers.intake.source import Progress

log = logging.getLogger("arpent.intake")
TASK = "refresh_layers"
MODES = (Mode.SYNCHRONISE, Mode.REPLACE, Mode.ATTRIBUTES)
LONGEST_MESSAGE = 500
FILES = ("kind", "place", "source_layer", "mode")
CHOSEN = (*FILES, "period", "hour")
KEPT = ("state", "message", "done_at", "last_import", "digest", "etag", "modified")
Kind, Period, State = LayerRefresh.Kind, LayerRefresh.Period, LayerRefresh.State


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one time. `digest` is that of the files where they need not be read again."""

    state: LayerRefresh.State
    message: str = ""
    made: FileImport | None = None
    digest: str | None = None
    etag: str = ""
    modified: str = ""


# -- what people choose -----------------------------------------------------------------------------------------------


def refreshable_layer(slug: str, rights: Rights) -> Layer:
    """A layer that the user administers and whose rows imports may change. Raises NotFound."""
    for layer in updatable_layers(rights):
        if layer.slug == slug:
            return layer
    raise NotFound(_("There is nothing at this address, or you may not see it."))


def refresh_of(layer: Layer) -> LayerRefresh | None:
    return LayerRefresh.objects.filter(layer=layer).select_related("last_import", "made_by").first()


@transaction.atomic
def schedule(slug: str, values: Mapping[str, Any], *, user: User, rights: Rights) -> LayerRefresh:
    """Have a layer refreshed so from now on (`CHOSEN`). Raises NotFound, Invalid at the field that is wrong."""
    layer = refreshable_layer(slug, rights)
    given = {name: values[name] for name in CHOSEN}
    check_choice(given, layer)
    known = LayerRefresh.objects.select_for_update().filter(layer=layer).first()
    refresh = known or LayerRefresh(layer=layer, owner=layer.owner)
    if any(getattr(refresh, name) != given[name] for name in FILES):
        refresh.digest = refresh.etag = refresh.modified = ""
    for name, value in given.items():
        setattr(refresh, name, value)
    refresh.made_by = user
    refresh.next_at = next_time(refresh.period, refresh.hour, database_clock.now())
    refresh.save()
    return refresh


def check_choice(given: Mapping[str, Any], layer: Layer) -> None:
    """Raises Invalid at the field that is wrong; a place that cannot be read now is wrong."""
    if given["mode"] not in MODES:
        raise Invalid(_("Say what becomes of the layer."), parameter="mode")
    if given["mode"] == Mode.SYNCHRONISE and not layer.key_column:
        message = _("The layer has no unique reference: choose one in its fields, or replace its rows.")
        raise Invalid(message, parameter="mode")
    if given["period"] not in Period.values or not 0 <= given["hour"] <= 23:
        raise Invalid(_("Say how often."), parameter="period")
    if given["kind"] == Kind.FOLDER:
        files_below(given["place"], folder_of(layer))
        return
    if given["kind"] != Kind.ADDRESS:
        raise Invalid(_("Say where the files come from."), parameter="kind")
    try:
        check_allowed(target_of(given["place"]), list_allowed_hosts().__contains__)
    except Invalid as error:
        raise Invalid(error.message, parameter="place") from error


def folder_of(layer: Layer) -> str:
    """The folder of the site's that files of a layer may come from: its member's; "" for layers of the platform."""
    return layer.owner.slug if layer.owner else ""


@transaction.atomic
def stop(slug: str, *, rights: Rights) -> None:
    """Refresh a layer no more. Raises NotFound."""
    LayerRefresh.objects.filter(layer=refreshable_layer(slug, rights)).delete()


@transaction.atomic
def ask_for_refresh(slug: str, *, rights: Rights) -> None:
    """Have a layer refreshed at once, also from the same files. Raises NotFound."""
    layer = refreshable_layer(slug, rights)
    changes = {"next_at": database_clock.now(), "digest": "", "etag": "", "modified": ""}
    if not LayerRefresh.objects.filter(layer=layer).update(**changes):
        raise NotFound(_("This layer is not refreshed by itself."))
    queue_task(TASK, {"timestamp": 0})


def next_time(period: str, hour: int, after: datetime) -> datetime:
    """The first time of a schedule after an instant, in the site's time zone."""
    if period == Period.HOUR:
        return after + timedelta(hours=1)
    day = timezone.localtime(after).date()
    while not (is_day_of(period, day) and (at := at_hour(day, hour)) > after):
        day += timedelta(days=1)
    return at


def is_day_of(period: str, day: date) -> bool:
    match period:
        case Period.WEEK:
            return day.weekday() == 0
        case Period.MONTH:
            return day.day == 1
    return True


def at_hour(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


# -- when it is due ---------------------------------------------------------------------------------------------------


def refresh_due(progress: Progress = nothing) -> list[LayerRefresh]:
    """Refresh every layer that is due, one after the other; what was done, whatever came of it."""
    done = []
    with acting_as(SYSTEM):
        while refresh := claim_next():
            done.append(refresh_now(refresh, progress))
    return done


@transaction.atomic
def claim_next() -> LayerRefresh | None:
    """The one that has waited longest, which nobody else takes now: its next time is set."""
    waiting = LayerRefresh.objects.filter(next_at__lte=database_clock.now(), layer__archived_at=None)
    refresh = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("next_at", "pk").first()
    if refresh is None:
        return None
    refresh.next_at = next_time(refresh.period, refresh.hour, database_clock.now())
    refresh.save(update_fields=["next_at"])
    return whole_refresh(pk=refresh.pk)


def whole_refresh(**which: Any) -> LayerRefresh | None:
    """A refreshing with all that it needs to be done."""
    related = ("layer", "layer__owner", "owner", "made_by", "last_import")
    return LayerRefresh.objects.select_related(*related).filter(**which).first()


def refresh_now(refresh: LayerRefresh, progress: Progress = nothing, *, dry_run: bool = False) -> LayerRefresh:
    """Refresh a layer, keep what came of it, and tell its administrators of a refusal that is news."""
    language = refresh.made_by.language if refresh.made_by else settings.LANGUAGE_CODE
    with acting_as(SYSTEM), translation.override(language):
        outcome = attempt(refresh, progress, dry_run=dry_run)
        former = (refresh.state, refresh.message)
        keep_outcome(refresh, outcome, kept=not dry_run)
        if is_refusal(outcome) and former != (refresh.state, refresh.message) and not dry_run:
            mail_administrators(refresh)
    return refresh


def attempt(refresh: LayerRefresh, progress: Progress, *, dry_run: bool) -> Outcome:
    """Whatever goes wrong is an outcome: the next layer has its turn. Raises what a lost database does."""
    if refresh.state == State.REFUSED and refresh.last_import is None:
        # The files that were refused are forgotten, and the layer is not up to date: they are read again.
        refresh.digest = refresh.etag = refresh.modified = ""
    try:
        fetched = get_files(refresh)
        digest = digest_of(fetched.files) if fetched.files else refresh.digest
        if digest == refresh.digest:
            state, message = still_refused(refresh) or (State.UNCHANGED, "")
            return Outcome(state, message, None, digest, fetched.etag, fetched.modified)
        outcome = bring_in(refresh, fetched, progress, dry_run=dry_run)
        return replace(outcome, digest=digest, etag=fetched.etag, modified=fetched.modified)
    except Exception as error:
        if database_is_gone(error):
            raise
        return Outcome(State.REFUSED, describe_failure(refresh, error))


def describe_failure(refresh: LayerRefresh, error: Exception) -> str:
    """Why nothing came in; what nobody foresaw is recorded."""
    if known := in_domain_terms(error):
        return str(known.message)
    log.error("a layer could not be refreshed", extra={"fields": {"layer": refresh.layer.slug}}, exc_info=error)
    return _("The platform met an unexpected error; it has been recorded.")


def still_refused(refresh: LayerRefresh) -> tuple[LayerRefresh.State, str] | None:
    """Why the files that were looked at last did not come in, until somebody brings them in."""
    made = refresh.last_import
    return (State.REFUSED, made.message) if made is not None and made.is_open else None


def get_files(refresh: LayerRefresh) -> Fetched:
    """The files, none where their server says that they are the same. Raises Invalid, Unavailable."""
    if refresh.kind == Kind.FOLDER:
        return Fetched(files=files_below(refresh.place, folder_of(refresh.layer)))
    with transaction.atomic():
        hosts = list_allowed_hosts()
    return file_at(refresh.place, hosts.__contains__, etag=refresh.etag, modified=refresh.modified)


def bring_in(refresh: LayerRefresh, fetched: Fetched, progress: Progress, *, dry_run: bool) -> Outcome:
    """Try the files out and bring them in. What is refused stays among the imports, with its files.

    A dry run does all of it and undoes it. It raises what is refused, as does any run that may meet with it no more
    another time (the disk, the database, somebody at work on the layer).
    """
    delivery = local.keep_delivery(fetched.files, refresh.layer.owner, refresh.made_by)
    made = None
    try:
        local.inspect(delivery, progress)
        made = plan(refresh, delivery, progress)
        with transaction.atomic() if dry_run else nullcontext():
            local.apply_import(made, progress)
            if dry_run:
                transaction.set_rollback(True)
    except Exception as error:
        if dry_run or not isinstance(error, ArpentError) or may_pass(error):
            discard(delivery)
            raise
        refused = made or FileImport.objects.filter(files_of=delivery).order_by("-pk").first() or delivery
        keep_reason(refused, error.message)
        return Outcome(State.REFUSED, error.message, refused)
    message = describe_refused_rows(made.report or {})
    discard(delivery)
    return Outcome(State.APPLIED, message, None if dry_run else made)


def may_pass(error: ArpentError) -> bool:
    """Whether the same files may come in another time without anybody's doing."""
    return isinstance(error, Unavailable | Conflict) and not isinstance(error, LossRefused)


@transaction.atomic
def keep_reason(refused: FileImport, message: str) -> None:
    """Note on what waits why it does, where its own last step did not."""
    FileImport.objects.filter(pk=refused.pk, message="").update(message=message[:LONGEST_MESSAGE])


def discard(delivery: FileImport) -> None:
    """What cannot go now goes at night."""
    with suppress(ArpentError, DatabaseError):
        deliveries.discard(delivery, SYSTEM)


def plan(refresh: LayerRefresh, delivery: FileImport, progress: Progress) -> FileImport:
    """The import with its plan: rows are read as the last import of the layer read them, where the file has its fields.

    Raises Invalid, Conflict.
    """
    mode = Mode(refresh.mode)
    number = local.layer_number(delivery, refresh.source_layer)
    with transaction.atomic():
        choices = known_choices(refresh.layer, layer_of(delivery, number)[1], mode)
    if choices is not None:
        local.reopen_layer(delivery, number, choices.opening, progress)
    source_layer = layer_of(delivery, number)[1]
    if mode != Mode.ATTRIBUTES:
        refuse_doubtful_crs(source_layer)
    with transaction.atomic():
        proposed = propose(source_layer, refresh.layer, mode)
    choices = replace(choices, opening=proposed.opening) if choices else proposed
    return local.try_import(
        delivery, number, mode=mode, layer=refresh.layer, choices=choices, progress=progress, user=refresh.made_by
    )


def known_choices(layer: Layer, source_layer: Mapping[str, Any], mode: Mode) -> Choices | None:
    """Those of the last import of the layer that read such a file; the CRS is said again by each file that can."""
    applied = FileImport.objects.filter(layer=layer, state=FileImport.State.APPLIED).order_by("-pk")
    for kept in applied.values_list("choices", flat=True)[:10]:
        choices = Choices.from_json(kept)
        by_number = mode == Mode.ATTRIBUTES or kept["mode"] == Mode.ATTRIBUTES
        if missing_fields(choices, source_layer) or (by_number and kept["mode"] != mode):
            continue
        crs = None if source_layer["crs"] else choices.opening.crs
        opening = replace(choices.opening, crs=crs)
        key = layer.key_column if layer.key_column in choices.column_names() else choices.key
        return replace(choices, layer=None, opening=opening, key=key)
    return None


# -- what people are told ---------------------------------------------------------------------------------------------


def describe_refused_rows(report: Mapping[str, Any]) -> str:
    """How many rows were left out, "" for none."""
    count = int(report.get("refused") or 0)
    message = ngettext("%(count)s row was left out.", "%(count)s rows were left out.", count)
    return message % {"count": count} if count else ""


def is_refusal(outcome: Outcome) -> bool:
    """Whether something of the files did not come in."""
    return outcome.state == State.REFUSED or bool(outcome.message)


@transaction.atomic
def keep_outcome(refresh: LayerRefresh, outcome: Outcome, *, kept: bool) -> None:
    """Note what came of this time; a dry run (`kept` False) leaves no trace.

    Somebody may have stopped it meanwhile, or chosen other files, of which this says nothing.
    """
    refresh.state, refresh.message = outcome.state, outcome.message[:LONGEST_MESSAGE]
    refresh.done_at = database_clock.now()
    if outcome.made is not None:
        refresh.last_import = outcome.made
    if outcome.digest is not None:
        refresh.digest, refresh.etag, refresh.modified = outcome.digest, outcome.etag, outcome.modified
    if kept:
        same = {name: getattr(refresh, name) for name in FILES}
        LayerRefresh.objects.filter(pk=refresh.pk, **same).update(**{name: getattr(refresh, name) for name in KEPT})


@transaction.atomic
def mail_administrators(refresh: LayerRefresh) -> None:
    """A mail to each administrator of the layer's member; of a layer of the platform, to who had it refreshed."""
    for user in recipients_of(refresh):
        with translation.override(user.language):
            layer = refresh.layer.title
            subject = _("Arpent: “%(layer)s” was not refreshed entirely") % {"layer": layer}
            context = {
                "user": user,
                "refresh": refresh,
                "refused": refresh.state == State.REFUSED,
                "page": settings.SITE_URL + reverse("layer_refresh", args=[refresh.layer.slug]),
                "imports": settings.SITE_URL + reverse("imports"),
            }
            body = render_to_string("intake/mail/refresh.txt", context).strip() + "\n"
            mail.post("written", to=user.email, subject=subject, body=body)


def recipients_of(refresh: LayerRefresh) -> list[User]:
    active = User.objects.filter(is_active=True).exclude(email="")
    if refresh.owner_id is None:
        return list(active.filter(pk__in=[refresh.made_by_id] if refresh.made_by_id else []))
    administrators = Membership.objects.accepted().filter(member=refresh.owner_id, role=Role.GIS_ADMINISTRATOR)
    return list(active.filter(memberships__in=administrators).distinct().order_by("pk"))
