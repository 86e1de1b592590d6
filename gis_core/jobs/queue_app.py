"""Procrastinate's app with words of ours for the pages of the administration: the package has no translations."""

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.apps import ProcrastinateConfig

JOB = {
    "queue_name": _("queue"),
    "task_name": _("task"),
    "lock": _("one at a time under"),
    "queueing_lock": _("once in the queue under"),
    "scheduled_at": _("not before"),
    "attempts": _("attempts"),
}


class QueueConfig(ProcrastinateConfig):
    verbose_name = _("Task queue")

    def ready(self) -> None:
        """The names that are shown; migrations see those that the package gives."""
        super().ready()
        job = self.get_model("ProcrastinateJob")._meta
        job.verbose_name, job.verbose_name_plural = _("queued task"), _("queued tasks")
        for field in job.fields:
            field.verbose_name = JOB.get(field.name, field.verbose_name)
