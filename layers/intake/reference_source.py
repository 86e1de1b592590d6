"""Sources of reference data, which apps give to `REFERENCE_SOURCES`, and what an import of one is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid
from gis_core.members.rights import ADMINISTRATORS, Rights
from gis_core.models import Member, SourceImport
from gis_core.wiring.points import Given, Later
from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed_slugs
from layers.intake import source_imports
from layers.intake.points import FILE_SOURCES, REFERENCE_SOURCES, SOURCE_REVERTS
from layers.intake.report import ImportReport
from layers.intake.source import Progress, Source, Step
from layers.intake.source_imports import SourceRevert

KEPT: Final = timedelta(days=7)
"""How long the files of an import wait for a decision."""


def silent(share: float | None, message: str) -> None:
    """For those whom nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One import: which files, on whose behalf, and whom to tell how far it is.

    `territory` are the INSEE codes that may come in, None for all. `source_date` is the date of the data, where it is
    known better than from the files. `accepted_loss` is the number of objects that somebody said may go
    (`layers.intake.import_loss`); with `dry_run` everything is compared and nothing is kept.
    """

    paths: Sequence[Path]
    member: Member | None = None
    territory: frozenset[str] | None = None
    source_date: date | None = None
    accepted_loss: int | None = None
    dry_run: bool = False
    progress: Progress = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSource:
    """A kind of delivery and the function that imports it: reads, loads in one transaction, reports.

    `layers` are the slugs of those that it fills; `after_revert` computes what depends on its rows.
    """

    slug: str
    label: Any
    help: Any
    run: Callable[[Order], ImportReport]
    layers: Sequence[str] = ()
    after_revert: Callable[[], Any] = lambda: None

    def bring_in(self, order: Order) -> ImportReport:
        """Run an import that can be taken back: the report says by which number."""
        title = f"{self.label} · {', '.join(path.name for path in order.paths)}"
        whose: dict[str, Any] = {"owner": order.member, "all_communes": order.territory is None}
        with source_imports.keep_replaced_rows(self.slug, title=title, **whose) as made:
            report = self.run(order)
        report.number = made.pk
        return report

    def remember(self) -> dict[str, Any]:
        """The dates of its layers."""
        dates = Layer.objects.filter(slug__in=self.layers).values_list("slug", "source_date")
        return {"dates": {slug: day and day.isoformat() for slug, day in dates}}

    def finish_revert(self, made: SourceImport) -> None:
        """What depends on the rows is computed; the layers have the dates of before, and are announced."""
        self.after_revert()
        since = source_imports.imports_since(made)
        for slug, day in made.before.get("dates", {}).items():
            put_date_back(slug, day, since)
        announce_changed_slugs(self.layers)


def put_date_back(slug: str, day: str | None, since: Sequence[SourceImport]) -> None:
    """A layer has its date of before again; where another import dated it since, that one's date of before is this."""
    later = next((one for one in since if slug in one.before.get("dates", {})), None)
    if later is None:
        Layer.objects.filter(slug=slug).update(source_date=day)
    else:
        later.before["dates"][slug] = day
        later.save(update_fields=["before"])


def import_sources(
    *sources: ReferenceSource,
) -> tuple[Given[ReferenceSource], Given[Source], Given[SourceRevert]]:
    """For manifests: sources that can be imported by the steps of all files, and taken back as they say."""
    reverts = [SourceRevert(source=one.slug, remember=one.remember, finish=one.finish_revert) for one in sources]
    return REFERENCE_SOURCES(*sources), FILE_SOURCES(*map(file_source, sources)), SOURCE_REVERTS(*reverts)


def file_source(one: ReferenceSource) -> Source:
    """The steps by which its files come in: they are tried out where somebody asks for it, else applied at once."""
    services = "layers.intake.services"
    return Source(
        slug=one.slug,
        label=one.label,
        members=list_administered_members,
        roles=ADMINISTRATORS,
        read_step=Step(kind="import", title=title_of_step(one)),
        apply_step=Step(kind="import", title=title_of_step(one)),
        revert_step=Step(kind="take_back_source", title=title_of_step(one, gettext_lazy("Taking back %(title)s"))),
        plan=Later(f"{services}.reference.plan_files"),
        check=Later(f"{services}.reference.check_files"),
        apply=Later(f"{services}.reference.apply_files"),
        check_revert=Later(f"{services}.reverting.check_revert"),
        revert=Later(f"{services}.reverting.revert"),
        keeps_replaced=True,
        kept=KEPT,
        ownerless=True,
    )


def list_administered_members(rights: Rights) -> list[Member]:
    """The members for whom somebody brings reference data in."""
    return list(Member.objects.administered_by(rights)) if rights.administers else []


def title_of_step(one: ReferenceSource, text: Any = "%(title)s") -> Any:
    """The title of a step, in which the files are named after their source; worded when it is read."""
    return lazy(lambda: str(text) % {"title": f"{one.label} · %(title)s"}, str)()


def get_source(slug: str) -> ReferenceSource:
    """The source of this slug. Raises Invalid, with the slugs that there are."""
    source = REFERENCE_SOURCES.find(slug)
    if source is None:
        names = ", ".join(one.slug for one in REFERENCE_SOURCES.all())
        raise Invalid(_("“source” must be one of: %(names)s.") % {"names": names}, parameter="source")
    return source


def date_given(text: str) -> date:
    """The date of the data as somebody wrote it. Raises Invalid, also for a date to come."""
    try:
        given = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_("The date of the data must be written YYYY-MM-DD."), parameter="date") from error
    if given > database_clock.today():
        raise Invalid(_("The date of the data is still to come."), parameter="date")
    return given


def territory_for(member: Member | None, rights: Rights) -> frozenset[str] | None:
    """The communes that may come in for this member: its own, all of them where the agency asks."""
    if rights.agency or member is None:
        return None
    return communes_of(member)


def communes_of(member: Member) -> frozenset[str]:
    """INSEE codes of a member's territory."""
    return frozenset(str(insee) for insee in member.territories.values_list("commune_id", flat=True))
