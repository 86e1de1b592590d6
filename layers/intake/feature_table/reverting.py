"""An import whose rows became objects taken back: what it brought goes, what it changed is as it was; what somebody
changed stays.

What a trigger took along meanwhile (`delivered.followed`) nobody changed. As the worker, in a transaction; all of it is
an event of the history, from which what went can be restored.
"""

from typing import Any, Final

from django.utils.translation import pgettext
from psycopg import sql

from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed_slugs
from layers.features.models import Attachment
from layers.intake.feature_table.loading import open_event
from layers.intake.feature_table.source import FeatureTable, FeatureTables
from layers.intake.layer_mapping import columns_of
from layers.intake.models import FileImport
from layers.intake.services.layer_reverting import CHANGED, FORMER, KIND, OWNED, RESTORED, find_as_left
from layers.intake.services.loading import join_names, rows, run
from layers.intake.source import Progress

NEVER_PUT_BACK: Final = ("version", "geom", "geom_3857")

HELD: Final = """
    select from {table} t where t.owner_id = %(owner)s
        and (t.import_id = %(order)s or t.id in (select id from former)) order by t.id for update
"""
# Of the objects that it brought: those that nobody touched, are as their file said, wherever a trigger took them.
UNTOUCHED: Final = """
    delete from {table} t where t.owner_id = %(owner)s and t.import_id = %(order)s and t.delivered is not null
        and not exists (select from former f where f.id = t.id)
        and (t.version = 1 or (jsonb_strip_nulls(to_jsonb(t) - %(aside)s::text[])
                = jsonb_strip_nulls(t.delivered - '{{place,followed}}'::text[])
            and st_hausdorffdistance(t.geom,
                st_geomfromtext(coalesce(t.delivered ->> 'followed', t.delivered ->> 'place'), 2154)) < 0.01))
        and not ({stays})
        and not exists (select from {photos} a where a.layer_id = %(layer)s and a.feature = t.id)
"""


def revert(tables: FeatureTables, made: FileImport, progress: Progress) -> dict[str, int]:
    """How many objects went, are as they were, and stay because somebody changed them since."""
    progress(None, pgettext("import of assets", "Taking the import back"))
    tables.lock()
    counts = dict.fromkeys(("removed", "restored", "left"), 0)
    for number, table in enumerate(tables.tables, start=1):
        for name, count in revert_table(table, made).items():
            counts[name] += count
        progress(number / len(tables.tables), pgettext("import of assets", "Taking the import back"))
    counts["left"] += (made.report or {}).get("created", 0) - counts["removed"]
    announce_changed_slugs(tables.layer_slugs())
    return counts


def revert_table(table: FeatureTable, made: FileImport) -> dict[str, int]:
    """How many objects of one table went, were put back, and stay as they are."""
    model = table.model_class
    name, identifier = model._meta.db_table, sql.Identifier(model._meta.db_table)
    names = [str(one.column) for one in model._meta.concrete_fields]
    columns = [one for one in names if one not in (*OWNED, *table.computed, *NEVER_PUT_BACK)]
    filled = {one["name"] for one in columns_of(table.slug)}
    run("drop table if exists former")
    run(
        FORMER,
        layer=identifier,
        columns=join_names([*OWNED, *columns]),
        event=(made.report or {}).get("events", {}).get(name),
    )
    run("analyze former")
    find_as_left(name, CHANGED)
    common: dict[str, Any] = {"table": identifier, "owner": made.owner_id, "order": made.pk}
    run(HELD, **common)
    ((changed,),) = rows("select count(*) from former where operation = 'UPDATE'")
    open_event(name, made, KIND)
    removed = run(
        UNTOUCHED,
        **common,
        stays=sql.SQL(table.stays),
        aside=[one for one in names if one not in (*filled, *table.watched)],
        layer=Layer.objects.values_list("pk", flat=True).get(slug=table.slug),
        photos=sql.Identifier(Attachment._meta.db_table),
    )
    restored = run(RESTORED, layer=identifier, assignments=assignments(("import_id", *columns)))
    return {"removed": removed, "restored": restored, "left": changed - restored}


def assignments(columns: tuple[str, ...]) -> sql.Composed:
    """Each column as the history has it."""
    each = sql.SQL("{} = {}, ")
    return sql.Composed([each.format(sql.Identifier(one), sql.Identifier("former", one)) for one in columns])
