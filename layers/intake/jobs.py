"""The long work of this app and its tasks of the queue."""

from gis_core.jobs.points import JobKind, Task
from gis_core.wiring.points import Later

LEAVE = Later("layers.intake.tasks.leave_layer_import")
WORDED = Later("layers.intake.outcome.word_result_report")

KINDS = (
    JobKind(
        kind="import",
        work=Later("layers.intake.tasks.import_files"),
        afterwards=Later("layers.intake.tasks.leave_reference"),
        worded=Later("layers.intake.report.word_import_report"),
    ),
    JobKind(
        kind="take_back_source",
        work=Later("layers.intake.tasks.revert_import"),
        afterwards=Later("layers.intake.tasks.leave_file_import"),
    ),
    JobKind(
        kind="inspect_delivery",
        work=Later("layers.intake.tasks.inspect_delivery"),
        afterwards=Later("layers.intake.tasks.leave_file_import"),
    ),
    JobKind(kind="prepare_import", work=Later("layers.intake.tasks.prepare_import"), afterwards=LEAVE, worded=WORDED),
    JobKind(kind="apply_import", work=Later("layers.intake.tasks.apply_layer_import"), afterwards=LEAVE, worded=WORDED),
    JobKind(kind="take_back_import", work=Later("layers.intake.tasks.revert_import"), afterwards=LEAVE),
)
TASKS = (
    Task(name="forget_replaced_rows", run=Later("layers.intake.tasks.forget_replaced_rows"), cron="27 3 * * *"),
    Task(name="sweep_inbox", run=Later("layers.intake.tasks.sweep_inbox"), cron="37 3 * * *"),
    Task(name="refresh_layers", run=Later("layers.intake.tasks.refresh_layers"), cron="*/15 * * * *"),
    Task(name="drop_former_tables", run=Later("layers.intake.tasks.drop_former_tables"), cron="57 3 * * *"),
)
