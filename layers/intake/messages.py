"""Words for what importers refuse, repair or merely tell. A code is stable; its words are translated.

Importers of all apps add theirs here, each under the beginning of its source (`ban_`, `majic_`).
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from gis_core.files.reader.messages import MESSAGES as READER_MESSAGES
from gis_core.files.reader.messages import describe_problem as reader_message
from layers.features.display import display_date, display_number, is_english
from layers.intake.column_values import describe_values, label_of_column
from layers.intake.params import Param
from layers.intake.points import FINDING_MESSAGES

MESSAGES = {
    # Refused rows
    "no_geometry": _("There is no geometry."),
    "not_a_surface": _("The geometry must be a polygon; it is of type %(found)s."),
    "unreadable_geometry": _("The geometry cannot be read."),
    "no_surface": _("The polygon has no surface: nothing is left of it once it is repaired."),
    "outside_france": _("The geometry is outside metropolitan France (%(x)s, %(y)s)."),
    "axes_swapped": _("Longitude and latitude look swapped (%(x)s, %(y)s)."),
    "missing_value": _("“%(name)s” is missing."),
    "bad_value": _("“%(name)s” has an impossible value: %(value)s."),
    "inconsistent_identifier": _(
        "The identifier %(found)s does not agree with the other properties, which make %(expected)s."
    ),
    "duplicate_identifier": _("The identifier %(identifier)s already appears in this file, at feature %(first)s."),
    "duplicate_in_import": _("The identifier %(identifier)s already came in from another file of this import."),
    "outside_territory": _("%(insee)s is not a commune of this member's territory."),
    "members_by_agency": _("Only an agency administrator may import members and their territories."),
    "outside_territory_place": _("The object lies outside the member’s territory (%(x)s, %(y)s)."),
    "key_missing": _("The unique reference is missing: this row cannot be compared with the layer."),
    "duplicate_key": _(
        "The unique reference %(key)s comes back in the file (row %(rows)s): none of these rows is used. "
        "Correct the file."
    ),
    "join_unknown": _("No object of the layer has the reference “%(value)s”."),
    "join_several": _("Several objects of the layer have the reference “%(value)s”."),
    "join_empty": _("The row says no reference by which it would find its place."),
    "key_unknown": _("No object of the layer has the reference %(key)s: only attributes come in, nothing is added."),
    "key_exists": _("An object of the layer has the unique reference %(key)s already."),
    "address_empty": _("The address is empty."),
    "address_not_found": _("The address “%(address)s” is not among those of the platform."),
    "address_unsure": _(
        "The address “%(address)s” is not found with certainty: the nearest is “%(found)s” (%(score)s %% alike)."
    ),
    "majic_cut": _(
        "The line was cut short: %(found)s characters, at least %(expected)s are expected. Get the file again."
    ),
    "majic_no_place": _("The premises %(identifier)s have an owner but no place (line 00): they were left out."),
    "majic_no_parcel": _("The exemption is of the parcel %(identifier)s, which these files do not describe."),
    # Repairs
    "self_crossing": _("The outline crossed itself; it was repaired: area %(before)s m² before, %(after)s m² after."),
    "rings_repaired": _(
        "The rings of the polygon overlapped or lay outside each other (%(reason)s); it was repaired: "
        "area %(before)s m² before, %(after)s m² after."
    ),
    "date_ignored": _("“%(name)s” is not a date (%(value)s) and was left out."),
    "edigeo_repeated": _("The object is in the sheet twice; the first one came in."),
    "edigeo_other_commune": _("%(idu)s is not of the commune of the sheet %(sheet)s."),
    "ban_value": _("“%(name)s” is missing or impossible (%(value)s)."),
    "ban_place": _("The address lies outside metropolitan France, or has no place (%(x)s, %(y)s)."),
    # Told without refusing
    "edigeo_reconciled": _("In the base / in the file: %(counts)s."),
    "edigeo_unread": _("Objects of the file that are not read (drawing, labels, survey points): %(counts)s."),
    "edigeo_empty": _("These files of the sheet hold no object: %(names)s."),
    "edigeo_name_cut": _("The name “%(name)s…” was cut to %(length)s characters."),
    "edigeo_scale_ignored": _("The scale of the plan is not a number (%(value)s) and was left out."),
    "edigeo_sheet_stays": _(
        "The sheet %(idu)s is in the base; it was not delivered, or could not be read: its objects stay as they were."
    ),
    "sheet_loss": _(
        "%(gone)s of the %(known)s objects of the sheet would go: what the base holds of it stays. Check the file; if "
        "they must go, confirm the number of all sheets."
    ),
    "planning_row": _("%(kind)s"),
    "parcel_born": _("new parcel, registered area %(area)s m²"),
    "parcel_gone": _("no longer on its sheet, registered area %(area)s m²"),
    "parcel_left": _("no longer in the commune’s file, registered area %(area)s m²"),
    "row_born": _("new in the commune’s file"),
    "row_gone": _("no longer in the commune’s file"),
    "row_changed": _("changed; outline moved by %(metres)s m at most"),
    "parcel_changed": _("registered area %(before)s m², then %(after)s m²; outline moved by %(metres)s m at most"),
    "ban_parcels": _("The address names parcels that are not identifiers of parcels; they were left out: %(value)s."),
    "ban_encoding": _("The text is not in UTF-8: it was read as %(name)s. Look at a few names."),
    "merged_commune": _("%(name)s (%(insee)s) has a boundary but is no longer a commune: it was merged into %(into)s."),
    "unknown_commune": _("%(name)s (%(insee)s) has a boundary but is not in the official list of communes."),
    "commune_without_boundary": _("%(name)s (%(insee)s) is in the official list but has no boundary in these files."),
    "member_elsewhere": _("%(insee)s, a member of %(epci)s, has no boundary in these files and was left out of it."),
    "majic_ghost": _(
        "The parcel %(identifier)s is not in the plan (divided, merged or renumbered since): its owners were loaded, "
        "but the map does not lead to them."
    ),
    "majic_no_plan": _(
        "The plan of %(identifier)s is not loaded: its parcels came in, but nobody knows whether the plan has them."
    ),
    "majic_no_owner": _("The account %(identifier)s has no owner in these files: send the PROP file of the same year."),
    "majic_returns": _("From line %(line)s on, lines end as Windows writes them (CR LF); they were read all the same."),
    "majic_encoding": _(
        "The text is not in UTF-8 (accents from line %(line)s on): it was read as %(name)s. Look at a few names."
    ),
    "majic_shorter": _(
        "The line is shorter than the others of its kind (%(found)s characters, %(expected)s for the first): it may "
        "have been cut. What is read of it is complete."
    ),
    "majic_unused": _("Lines of type %(kind)s are not read: %(count)s."),
    "majic_not_read": _("%(name)s is a file of MAJIC of which nothing is read."),
    "utf8_bom": _("The file starts with a byte order mark, which was skipped."),
    # Whole files
    "not_etalab": _(
        "This is not one of the cadastre files of Etalab (communes, sections, parcels, buildings): "
        "the properties found are %(found)s."
    ),
    "no_properties": _("This is not one of the cadastre files of Etalab: its features have no properties."),
    "etalab_not_used": _("This is the Etalab file of %(kind)s, which Arpent does not import."),
    "not_majic": _(
        "The name of a MAJIC file says what it holds (PROP, NBAT or BATI): this one’s does not, or the file is empty. "
        "Keep the names that the administration gave."
    ),
    "majic_header": _(
        "Line 1 is not the first line of a MAJIC file (département, direction, date): get the file again."
    ),
    "majic_year": _(
        "Line 1 says the year %(year)s, whose layout Arpent does not know (known: %(known)s). Nothing was read: update "
        "Arpent, or ask for another year."
    ),
    "majic_too_old": _(
        "The file is of %(year)s and %(latest)s is already loaded: only the latest year and the one before may be kept."
    ),
    "majic_file_cut": _(
        "The file is cut off: it ends in the middle of line %(line)s. Nothing of it was read; get it again."
    ),
    "majic_empty": _("The file has no line of data after its first lines."),
    "edigeo_nothing": _("The folder holds no sheet of the plan: neither a .THF file nor an archive."),
    "edigeo_companion": _("This file belongs to a sheet whose .THF file is missing: send all the files of the sheet."),
    "edigeo_folder_without_thf": _("The folder holds .VEC files without the .THF file of their sheet: copy it too."),
    "link": _("This is a link, which is not followed: copy the file or the folder itself."),
    "edigeo_link": _("Files of the sheet are links, which are not followed (%(names)s): copy the files themselves."),
    "edigeo_system": _(
        "The sheet is in the system “%(found)s”; Lambert-93 (LAMB93) and the zones RGF93CC42 to RGF93CC50 are read."
    ),
    "edigeo_sheets": _("The files hold %(found)s outlines of a sheet, one is expected: download the sheet again."),
    "edigeo_idu": _("The identifier of the sheet is impossible: “%(found)s”."),
    "edigeo_department": _(
        "Nothing tells the department of the sheet %(idu)s: name its archive or its folder as it is published "
        "(edigeo-450010000AB01), or import the boundaries of the communes first."
    ),
    "edigeo_sheet_twice": _("The sheet %(idu)s already came in from another file of this import: %(first)s."),
    "edigeo_counts": _(
        "The file holds %(held)s objects %(kind)s, %(base)s would be in the base and the difference is unexplained: "
        "the sheet was left as it was. Tell the maintainers."
    ),
    "ban_columns": _(
        "This is not the address file of the BAN: columns are missing (%(missing)s). Download “adresses-….csv.gz”."
    ),
    "ban_mixed_encoding": _(
        "The text is neither all in UTF-8 nor all in another encoding: download “adresses-….csv.gz” again."
    ),
    "invalid": _("%(message)s"),
    "missing_source_file": _("No file of this folder is named like %(pattern)s."),
}

# What GEOS says of a polygon that is not valid.
REASONS = {
    "Hole lies outside shell": _("a hole lies outside"),
    "Holes are nested": _("a hole lies in another"),
    "Nested shells": _("a part lies in another"),
    "Nested holes": _("a hole lies in another"),
    "Interior is disconnected": _("the holes cut it in two"),
    "Duplicate Rings": _("a ring appears twice"),
    "Too few points in geometry component": _("a ring has too few different positions"),
}


MORE_ALIKE = "more_alike"
"""How many more findings say the same: `alike` is their code, `params` their parameters."""
OF_ROWS = "of_rows"
"""The parameter that says for how many rows a finding holds; its own row is the first of them."""


def format_message(code: str, params: Mapping[str, Any]) -> str:
    """What a code means in the current language, with its parameters: those that are lists as alternatives, and how
    many rows it holds for (`OF_ROWS`), where several.

    A code is one of an importer's or of the reader's, else an English sentence that the catalogues translate. A
    parameter may be worded itself (`layers.intake.params`).
    """
    if code == MORE_ALIKE:
        alike = {"count": params["count"], "message": format_message(params["alike"], params["params"])}
        return gettext("%(count)s more rows alike: %(message)s") % alike
    sentence = format_sentence(code, {name: format_param(value) for name, value in params.items()})
    if isinstance(count := params.get(OF_ROWS), int):
        return f"{sentence} ({ngettext('%(count)s row', '%(count)s rows', count) % {'count': count}})"
    return sentence


def format_param(value: Any) -> Any:
    """A parameter as people read it."""
    word = WORDED.get(frozenset(value)) if isinstance(value, Mapping) else None
    return word(value) if word else value


def format_pair(param: Param) -> str:
    from layers.catalogue.models import in_language

    return in_language(param["fr"], param["en"])


def format_day_param(param: Param) -> str:
    """In figures as forms are filled in, in French; in English with the name of the month, which cannot be mistaken."""
    day = date.fromisoformat(param["day"])
    return display_date(day) if is_english() else f"{day:%d/%m/%Y}"


WORDED: Mapping[frozenset[str], Callable[[Param], str]] = {
    frozenset({"code"}): lambda param: format_message(param["code"], {}),
    frozenset({"code", "params"}): lambda param: format_message(param["code"], param["params"]),
    frozenset({"column"}): lambda param: label_of_column(*param["column"]),
    frozenset({"layer", "values"}): lambda param: describe_values(param["layer"], param["values"]),
    frozenset({"label"}): lambda param: gettext(param["label"]),
    frozenset({"fr", "en"}): format_pair,
    frozenset({"day"}): format_day_param,
    frozenset({"month_day"}): lambda param: display_date(param["month_day"]),
    frozenset({"number", "decimals"}): lambda param: display_number(param["number"], param["decimals"]),
    frozenset({"all"}): lambda param: ", ".join(str(format_param(one)) for one in param["all"]),
    frozenset({"any"}): lambda param: alternatives([format_param(one) for one in param["any"]]),
}
"""How each kind of parameter is worded, by the names that it holds."""


def format_sentence(code: str, params: Mapping[str, Any]) -> str:
    message = MESSAGES.get(code)
    if message is not None:
        reason = params.get("reason")
        return str(message) % {**params, "reason": REASONS.get(str(reason), reason)}
    if code in READER_MESSAGES:
        return reader_message(code, params)
    if " " not in code and "%(" not in code:
        texts = (describe(code, params) for describe in FINDING_MESSAGES.all())
        return next(filter(None, texts), "") or reader_message(code, params)
    sentence = gettext(code)
    return sentence % {name: alternatives(value) for name, value in params.items()} if params else sentence


def alternatives(value: Any) -> Any:
    return gettext(" or ").join(map(str, value)) if isinstance(value, list) else value
