"""What this app gives to the others."""

from django.utils.translation import gettext_lazy as _

from gis_core.jobs.points import JOB_KINDS, TASKS, JobKind, Task
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.free_texts import FREE_TEXTS
from gis_core.ownership.processings import PROCESSINGS
from gis_core.ownership.retention import RETENTIONS
from gis_core.points import GUIDES, STORED_KINDS, PageGuide, StoredKind
from gis_core.wiring.database import Setting, Trigger
from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.features import ownership, personal_data
from layers.features.coordinates import search_coordinates
from layers.features.help_search import search_help
from layers.features.layer_search import search_layers
from layers.features.objects import search_objects
from layers.features.points import SEARCHERS, Searcher

RULED_AGAIN = """
    select arpent.apply_layer_rules(id) from catalogue_layer
    where "table" like 'layer\\_%' and rules @? '$[*] ? (@.hard == true && @.kind != "unique")'
        and not exists (select from pg_trigger where tgname = 'arpent_910_rules_insert'
            and tgrelid = to_regclass('public.' || quote_ident("table")))
"""
"""Hard rules of tables made at run time that are not in place: those of a former version had other names."""

NUMBERED_AGAIN = """
    select arpent.number_layer_table(to_regclass('public.' || quote_ident("table"))) from catalogue_layer
    where "table" like 'layer\\_%' and to_regclass('public.' || quote_ident("table")) is not null
"""
"""Tables made at run time before objects were numbered."""

LAYER_BYTES = """
    select owner_id, sum(pg_catalog.pg_total_relation_size(to_regclass('public.' || quote_ident("table"))))
    from catalogue_layer where pg_catalog.starts_with("table", 'layer_') group by 1
"""
"""Tables made at run time alone: those of the platform hold the rows of all members together."""

PHOTO_BYTES = "select owner_id, sum(size_bytes) from features_attachment group by 1"

MANIFEST = Manifest(
    urls=(Urls("api/v1/", "layers.features.api.urls"),),
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        FREE_TEXTS(*ownership.FREE_TEXTS),
        RETENTIONS(*personal_data.KINDS),
        PROCESSINGS(*personal_data.PROCESSINGS),
        STORED_KINDS(
            StoredKind("layers", _("Layers made here"), LAYER_BYTES),
            StoredKind(
                "attachments",
                _("Photos of objects"),
                PHOTO_BYTES,
            ),
        ),
        SEARCHERS(Searcher(search_coordinates)),
        SEARCHERS(Searcher(search_objects)),
        SEARCHERS(Searcher(search_layers, yields_to_claims=True)),
        SEARCHERS(Searcher(search_help, yields_to_claims=True)),
        GUIDES(PageGuide(guide="how-to/modifier-dans-la-carte", panels=("edit",))),
        JOB_KINDS(
            JobKind(kind="layer_rules", work=Later("layers.features.tasks.put_rules_in_place")),
        ),
        TASKS(
            Task(name="tidy_edits", run=Later("layers.features.tasks.tidy_edits"), cron="47 3 * * *"),
        ),
    ),
    triggers=(
        Trigger(
            table="catalogue_layer",
            order=20,
            name="given",
            fires="after update of owner_id",
            when="old.owner_id is distinct from new.owner_id and new.rows = 'layer'",
            call="layer_given()",
        ),
    ),
    settings=(
        Setting(
            "origin",
            "Who writes and from where, which open_event notes: a trigger may open the event, and can be given no"
            " argument.",
        ),
        Setting(
            "topology",
            "Off while a loader makes a network itself: the triggers of the topology leave its rows as they are."
            " Obeyed for the worker and the owner of the tables alone (layers.features.topology).",
        ),
    ),
    run_time_tables=(RULED_AGAIN, NUMBERED_AGAIN),
)
