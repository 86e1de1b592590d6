"""Work in the background, as it is shown and stopped."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from gis_core.members.owned import StartedQuerySet
from gis_core.models.organisations import Member
from gis_core.models.people import User


class JobQuerySet(StartedQuerySet["Job"]):
    """Jobs, seen by the members that own them, or by who started them alone."""


class Job(models.Model):
    """A long piece of work that a person can watch. The queue's own row is Procrastinate's; this one is shown.

    Without an owner it is seen by whoever started it alone (and by the agency).
    """

    security = "job"
    # Progress is written several times a second; what the job did to the data is in that data's history.
    history = False

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    owner = models.ForeignKey(Member, models.CASCADE, null=True, blank=True, verbose_name=_("owner"))
    shared_with = ArrayField(
        models.IntegerField(), default=list, blank=True, verbose_name=_("members it is shared with")
    )
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    progress = models.FloatField(_("progress"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    report = models.JSONField(_("report"), null=True, blank=True)
    # Instants are the database's: workers and web servers are on several machines.
    created_at = models.DateTimeField(_("made on"), db_default=Now(), editable=False)
    started_at = models.DateTimeField(_("started on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended on"), null=True, blank=True)
    # Counts the times it was begun or given to another worker: a worker that lost it ends nothing any more.
    run = models.IntegerField(default=0, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(progress__isnull=True) | models.Q(progress__range=(0, 1)),
                name="job_progress_is_a_share",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it waits or goes on."""
        return self.state in (self.State.WAITING, self.State.RUNNING)
