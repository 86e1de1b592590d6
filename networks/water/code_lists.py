"""Lists of values, kept in codes/*.csv: StaR-Eau v2024 (CNIG, ASTEE) where it has one, RAEPA 1.2 otherwise.

Materials, states of service, and kinds of nodes are StaR-Eau's; what RAEPA alone has (certainty of years, content,
function, how it flows, defects) keeps RAEPA's codes. `importers/raepa` says how RAEPA's other codes map to these.
"""

from typing import Final

from gis_core.codes import CodeList, code_list

APP: Final = "networks.water"
SERVICE_STATES: Final = code_list(APP, "service_states")
IN_SERVICE: Final = "en_service"
YEAR_QUALITIES: Final = code_list(APP, "year_qualities")
MATERIALS: Final = code_list(APP, "materials")
SHORT_MATERIALS: Final = code_list(APP, "short_materials")
"""What plans write of a material, by the same codes."""
FLOW_MODES: Final = code_list(APP, "flow_modes")
WATER_FUNCTIONS: Final = code_list(APP, "water_functions")
SEWER_FUNCTIONS: Final = code_list(APP, "sewer_functions")
WATER_CONTENTS: Final = code_list(APP, "water_contents")
SEWER_CONTENTS: Final = code_list(APP, "sewer_contents")
SYSTEMS: Final = code_list(APP, "systems")
"""TYPRESEAU: which of the sewer networks."""
WATER_NODES: Final = code_list(APP, "water_nodes")
SOURCES: Final = ("tank", "treatment", "catchment", "import")
"""Kinds of nodes that supply a drinking water network."""
SEWER_NODES: Final = code_list(APP, "sewer_nodes")
SINKS: Final = ("treatment", "outlet")
"""Kinds of nodes where a sewer network ends."""
POSITIONS: Final = code_list(APP, "valve_positions")
CONDITIONS: Final = code_list(APP, "valve_conditions")
ACCURACIES: Final = code_list(APP, "accuracies")
SENSITIVE: Final = code_list(APP, "sensitive_users")
PATIENT: Final = "dialysis"
"""A person at home, whose health it tells: nobody is named with it."""
DEFECTS: Final = code_list(APP, "defects")
"""DEFREPAREE of RAEPA 1.2."""
REPAIRED: Final = code_list(APP, "repaired_objects")
"""SUPPREPARE of RAEPA 1.2."""
CAUSES: Final = code_list(APP, "repair_causes")
"""Causes of repairs: our own list, no standard has one."""
ANOMALIES: Final = code_list(APP, "hydrant_anomalies")
"""What inspections of hydrants find: our own list, no standard has one."""
COVERS: Final = code_list(APP, "manhole_covers")
FRAMES: Final = code_list(APP, "manhole_frames")
LADDERS: Final = code_list(APP, "manhole_ladders")
CHANNELS: Final = code_list(APP, "manhole_channels")
INFILTRATIONS: Final = code_list(APP, "manhole_infiltrations")
"""How inspections of manholes say that their parts are: our own lists."""
MANHOLE_DEFECTS: Final = code_list(APP, "manhole_defects")
"""Main codes of EN 13508-2 for manholes and inspection chambers: the standard's codes, our own labels."""


def french_choices(labels: CodeList) -> list[tuple[str, str]]:
    """The codes with their French labels, as Django's `choices`."""
    return [(code, french) for code, (french, _english) in labels.items()]
