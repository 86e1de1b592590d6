"""What this app gives to the others."""

from gis_core.wiring.database import Setting
from gis_core.wiring.manifests import Manifest, Urls
from networks.water.triggers import REPAIRS, network_triggers

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.water.api.urls"),
        Urls("reseaux/", "networks.water.page_urls"),
    ),
    triggers=(*network_triggers("water"), *network_triggers("sewer"), REPAIRS),
    settings=(
        Setting(
            "connecting",
            "The pipe that connect_pipe is laying, which is not there yet as it will be: a node that it makes must not"
            " split it (carry_pipes). Pipes are laid within pipes: the former value comes back.",
        ),
        Setting(
            "leaving",
            "The node that merge_pipes takes away: it does not cut the merged pipe (connect_pipe), nor is it deleted"
            " twice (leave_nodes); repairs go to the other piece (follow_pipe). The former value comes back.",
        ),
    ),
)
