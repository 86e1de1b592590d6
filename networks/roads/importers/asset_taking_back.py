"""An import of assets taken back: what it brought goes, what it changed is as it was; what somebody changed stays.

What a road took along meanwhile nobody changed. As the worker, in a transaction; all of it is an event of the history,
from which what went can be restored.
"""

from typing import Any, Final

from django.utils.translation import pgettext
from psycopg import sql

from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed_slugs
from layers.features.models import Attachment
from layers.intake.layer_mapping import columns_of
from layers.intake.models import FileImport
from layers.intake.services.loading import listed, rows, run
from layers.intake.services.taking_back import CHANGED, FORMER, KIND, OWNED, RESTORED, find_as_left
from layers.intake.source import Tell
from networks.roads.importers.asset_loading import MODELS, open_event
from networks.roads.services.locking import share_roads

BOUND: Final = ("section_id", "from_m", "to_m", "offset_m", "side")
COMPUTED: Final = ("family", "geom_3857")
INSPECTED: Final = ("inspected_date", "due_date")
OF: Final = {"road-assets": "point", "road-stretches": "troncon"}

HELD: Final = """
    select from {table} t where t.owner_id = %(owner)s
        and (t.import_id = %(order)s or t.id in (select id from former)) order by t.id for update
"""
# Of the objects that it brought: those that nobody touched, are as their file said, wherever their road took them.
UNTOUCHED: Final = """
    delete from {table} t where t.owner_id = %(owner)s and t.import_id = %(order)s and t.delivered is not null
        and not exists (select from former f where f.id = t.id)
        and (t.version = 1 or (jsonb_strip_nulls(to_jsonb(t) - %(aside)s::text[])
                = jsonb_strip_nulls(t.delivered - '{{place,followed}}'::text[])
            and st_hausdorffdistance(t.geom,
                st_geomfromtext(coalesce(t.delivered ->> 'followed', t.delivered ->> 'place'), 2154)) < 0.01))
        and not exists (select from road_inspection i where i.of = %(of)s and i.asset_id = t.id)
        and not exists (select from {photos} a where a.layer_id = %(layer)s and a.feature = t.id)
"""


def take_back(made: FileImport, tell: Tell) -> dict[str, int]:
    """How many objects went, are as they were, and stay because somebody changed them since."""
    tell(None, pgettext("import of assets", "Taking the import back"))
    share_roads()
    counts = dict.fromkeys(("removed", "restored", "left"), 0)
    for number, table in enumerate(MODELS, start=1):
        for name, count in take_back_table(made, table).items():
            counts[name] += count
        tell(number / len(MODELS), pgettext("import of assets", "Taking the import back"))
    counts["left"] += (made.report or {}).get("created", 0) - counts["removed"]
    announce_changed_slugs(MODELS)
    return counts


def take_back_table(made: FileImport, slug: str) -> dict[str, int]:
    model = MODELS[slug]
    table = sql.Identifier(model._meta.db_table)
    names = [str(one.column) for one in model._meta.concrete_fields]
    columns = [one for one in names if one not in (*OWNED, *BOUND, *COMPUTED, "version", "geom")]
    told = {one["name"] for one in columns_of(slug)}
    run("drop table if exists former")
    run(
        FORMER,
        layer=table,
        columns=listed([*OWNED, *columns]),
        event=(made.report or {}).get("events", {}).get(model._meta.db_table),
    )
    run("analyze former")
    find_as_left(model._meta.db_table, CHANGED)
    common: dict[str, Any] = {"table": table, "owner": made.owner_id, "order": made.pk}
    run(HELD, **common)
    ((changed,),) = rows("select count(*) from former where operation = 'UPDATE'")
    open_event(model._meta.db_table, made, KIND)
    removed = run(
        UNTOUCHED,
        **common,
        aside=[one for one in names if one not in (*told, *INSPECTED)],
        of=OF[slug],
        layer=Layer.objects.values_list("pk", flat=True).get(slug=slug),
        photos=sql.Identifier(Attachment._meta.db_table),
    )
    assignments = sql.Composed(
        [
            sql.SQL("{} = {}, ").format(sql.Identifier(one), sql.Identifier("former", one))
            for one in ("import_id", *columns)
        ]
    )
    restored = run(RESTORED, layer=table, assignments=assignments)
    return {"removed": removed, "restored": restored, "left": changed - restored}
