"""Objects of a network as rows of RAEPA's tables; what a code cannot say is counted, to be told.

A field that RAEPA asks for and nobody knows holds what the standard has for that: the code 00, the year 0000, class C,
today as the day of the update, or words that say so. What the file of an import said more exactly than our own codes,
and still holds, goes out as it came.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from layers.intake import cells
from networks.water import code_lists, raepa
from networks.water.exchange.network import OneNetwork, Row

UNRECORDED: Final = "Non renseigné"
NOTHING: Final = "Sans objet"
FIELDS: Final = {name: {field.name: field for field in table.fields} for name, table in raepa.TABLES.items()}

type Values = dict[str, Any]


class RaepaRows:
    """Rows of one network. `losses` counts what could not be said, by words with `%(count)s`."""

    def __init__(self, network: OneNetwork, losses: Counter[str]) -> None:
        self.network = network
        self.sewer = network.family == "sewer"
        self.use = "ASS" if self.sewer else "AEP"
        self.losses = losses
        self.today = database_clock.today()
        self.node_names = frozenset(network.node_keys.values())

    def pipe(self, row: Row) -> Values:
        """A pipe of the network; a sewer is drawn the way it flows."""
        nodes = self.network.node_keys
        values = self.flowing(row) | {
            "IDCANA": self.network.pipe_keys[row["id"]],
            "BRANCHEMNT": "N",
            "MODECIRC": row["flow_mode"] or raepa.NOT_KNOWN,
            f"CONTCAN{self.use}": self.content(row),
            f"FONCCAN{self.use}": row["function"] or raepa.NOT_KNOWN,
            "IDNINI": nodes.get(row["start_node_id"], NOTHING),
            "IDNTERM": nodes.get(row["end_node_id"], NOTHING),
            "LONGCANA": row["declared_length_m"],
        }
        if not self.sewer:
            return self.complete(values | {"PROFGEN": row["depth_m"]}, row, f"RAEPA_CANAL{self.use}_L")
        return self.complete(self.with_heights(values, row), row, f"RAEPA_CANAL{self.use}_L")

    def with_heights(self, values: Values, row: Row) -> Values:
        return values | {
            "TYPRESEAU": row["system"],
            "ZAMONT": row["start_z"],
            "ZAVAL": row["end_z"],
            "SENSECOUL": "1",
        }

    def branch(self, row: Row) -> Values:
        """A service connection that has a line: a pipe in RAEPA's eyes."""
        more, functions = row["more"], (code_lists.SEWER_FUNCTIONS if self.sewer else code_lists.WATER_FUNCTIONS)
        values = self.flowing(row) | {
            "IDCANA": self.network.connection_keys[row["id"]],
            "BRANCHEMNT": "O",
            "MODECIRC": code_or_unknown(more.get("MODECIRC"), code_lists.FLOW_MODES),
            f"CONTCAN{self.use}": self.content_of_branch(row),
            f"FONCCAN{self.use}": code_or_unknown(more.get(f"FONCCAN{self.use}"), functions),
            "IDNINI": self.node_key(more.get("IDNINI")),
            "IDNTERM": self.node_key(more.get("IDNTERM")),
            "IDCANPPALE": self.network.pipe_keys.get(row["pipe_id"]),
        }
        if self.sewer:
            flow = more.get("SENSECOUL")
            values |= {"TYPRESEAU": row["system"], "SENSECOUL": flow if flow in ("0", "1") else "1"}
        return self.complete(values, row, f"RAEPA_CANAL{self.use}_L")

    def content_of_branch(self, row: Row) -> str:
        said = row["more"].get(f"CONTCAN{self.use}")
        codes = code_lists.SEWER_CONTENTS if self.sewer else raepa.WATER_CONTENTS
        return said if isinstance(said, str) and said in codes else row.get("system") or raepa.NOT_KNOWN

    def node_key(self, key: Any) -> str:
        """The node that a file names as an end of a branch, while there is one."""
        return key if isinstance(key, str) and key in self.node_names else NOTHING

    def is_point(self, row: Row) -> bool:
        """Whether a file gave a connection as its point on the pipe, and no line of it."""
        return row["more"].get(f"FNAPP{self.use}") == raepa.HOUSE_CONNECTION and "TRACE" not in row["more"]

    def connection_point(self, row: Row) -> Values:
        """A service connection of which only the point is known."""
        x, y = row["shape"].x, row["shape"].y
        values = self.common(row) | {
            "IDAPPAREIL": self.network.connection_keys[row["id"]],
            "X": x,
            "Y": y,
            f"FNAPP{self.use}": raepa.HOUSE_CONNECTION,
            "DIAMETRE": row["diameter_mm"],
            "IDCANAMONT": NOTHING,
            "IDCANAVAL": NOTHING,
            "IDCANPPALE": self.network.pipe_keys.get(row["pipe_id"]),
        }
        if self.sewer:
            values["TYPRESEAU"] = row["system"]
        return self.complete(values, row, f"RAEPA_APPAR{self.use}_P")

    def node(self, row: Row) -> tuple[str, Values]:
        """The name of the table that a node goes to, and its row."""
        field, code = self.function(row)
        table = f"RAEPA_{'OUVR' if field.startswith('FNOUV') else 'APPAR'}{self.use}_P"
        keys, links = self.network.pipe_keys, self.network.links
        values = self.common(row) | {
            raepa.TABLES[table].identifier: self.network.node_keys[row["id"]],
            "X": row["shape"].x,
            "Y": row["shape"].y,
            field: code,
            "DIAMETRE": row["diameter_mm"],
            "IDCANAMONT": keys.get(links.into.get(row["id"], -1), NOTHING),
            "IDCANAVAL": keys.get(links.out_of.get(row["id"], -1), NOTHING),
            "Z": row["invert_z"] if self.sewer else row["z"],
        }
        if self.sewer:
            values["TYPRESEAU"] = row["system"]
        return table, self.complete(values, row, table)

    def repair(self, row: Row) -> Values:
        values = {
            "IDREPAR": row["reference"] or f"R{row['id']}",
            "X": row["shape"].x,
            "Y": row["shape"].y,
            "SUPPREPARE": row["repaired"] or "01",
            "DEFREPAREE": row["defect"] or raepa.NOT_KNOWN,
            "IDSUPREPAR": row["object_reference"] or NOTHING,
            "DATEREPAR": row["repaired_date"],
            "MOUVRAGE": row["project_owner"] or UNRECORDED,
        }
        if row["repaired"] is None:
            self.lose(_("%(count)s repairs of nobody knows what: said to be of a pipe (code 01)."))
        if row["repaired_date"] is None:
            self.lose(_("%(count)s repairs without a day: DATEREPAR is empty, though RAEPA asks for it."))
        return values

    def flowing(self, row: Row) -> Values:
        """What pipes and branches have in common."""
        if row["service_state"] not in (code_lists.IN_SERVICE, "abandon"):
            self.lose(_("%(count)s objects “%(state)s”: RAEPA only knows in service or not."), row["service_state"])
        return self.common(row) | {
            "ENSERVICE": "O" if row["service_state"] == code_lists.IN_SERVICE else "N",
            "MATERIAU": self.material(row),
            "DIAMETRE": row["diameter_mm"] or 0,
        }

    def common(self, row: Row) -> Values:
        return {
            "MOUVRAGE": row["project_owner"] or UNRECORDED,
            "GEXPLOIT": row["operator"] or UNRECORDED,
            "ANFINPOSE": str(row["laid_to_year"] or raepa.ANY_YEAR),
            "ANDEBPOSE": str(row["laid_from_year"]) if row["laid_from_year"] else None,
            "QUALGLOCXY": raepa.RAEPA_ACCURACIES.get(row["precision_xy"], raepa.LEAST_ACCURATE),
            "QUALGLOCZ": raepa.RAEPA_ACCURACIES.get(row["precision_z"], raepa.LEAST_ACCURATE),
            "DATEMAJ": row["updated_date"] or self.today,
            "QUALANNEE": row["year_quality"] or raepa.NOT_KNOWN,
            "DATEGEOLOC": row["surveyed_date"],
            "SOURGEOLOC": row["survey_source"],
            "SOURATTRIB": row["source"],
        }

    def material(self, row: Row) -> str:
        ours, said = row["material"], row["more"].get("MATERIAU")
        code = cells.code_in(said, raepa.MATERIALS) if isinstance(said, str) else None
        if code is not None and raepa.MATERIALS[code][0] == ours:
            return code
        if ours is None or ours == "inc":
            return raepa.NOT_KNOWN
        if ours not in raepa.RAEPA_MATERIALS:
            message = _("%(count)s objects of “%(state)s”: RAEPA has no code for it, they get 99 (other).")
            self.losses[message.replace("%(state)s", code_lists.MATERIALS[ours][0])] += 1
        return raepa.RAEPA_MATERIALS.get(ours, "99")

    def content(self, row: Row) -> str:
        said = row["more"].get(f"CONTCAN{self.use}")
        code = cells.code_in(said, raepa.WATER_CONTENTS) if isinstance(said, str) and not self.sewer else None
        if code is not None and raepa.KNOWN_CONTENTS.get(code) == row["content"]:
            return code
        return row["content"] or raepa.NOT_KNOWN

    def function(self, row: Row) -> tuple[str, str]:
        """The field and the code that say what a node is: as its file said it while its kind is the same."""
        usual = raepa.NODE_CODES[self.network.family][row["kind"]]
        for field, codes in raepa.FUNCTION_FIELDS.items():
            said = row["more"].get(field)
            if not field.endswith(self.use) or not isinstance(said, str):
                continue
            code = cells.code_in(said, codes)
            if code is not None and codes[code].kind == row["kind"]:
                return field, code
        if row["kind"] in ("fitting", "import"):
            names = code_lists.SEWER_NODES if self.sewer else code_lists.WATER_NODES
            message = _("%(count)s nodes “%(state)s”: RAEPA has no code for them, they get 99-99 (other).")
            self.losses[message.replace("%(state)s", names[row["kind"]][0])] += 1
        return usual

    def complete(self, values: Values, row: Row, table: str) -> Values:
        """With what an import kept of RAEPA's fields that no column has."""
        for name, field in FIELDS[table].items():
            if values.get(name) is None and isinstance(text := row["more"].get(name), str):
                values[name] = parse_kept_text(text, field)
        return values

    def lose(self, text: str, state: str = "") -> None:
        self.losses[text.replace("%(state)s", code_lists.SERVICE_STATES.get(state, ("",))[0])] += 1


def code_or_unknown(code: Any, codes: Mapping[str, Any]) -> str:
    return code if isinstance(code, str) and code in codes else raepa.NOT_KNOWN


def parse_kept_text(text: str, field: raepa.RaepaField) -> str | float | date | None:
    """A text that was kept beside, of the field's type; None when it is not."""
    match field.kind:
        case "N":
            result = cells.parse_measure(text, cells.LENGTHS)
            return result[0] * result[1] if result else None
        case "D":
            return cells.read_day(text)
        case _:
            return text
