"""Messages for the codes of the reader. A code is stable; its message is translated."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

MESSAGES = {
    # The file as a whole
    "empty_file": _("The file is empty."),
    "not_json": _("This is not a JSON file: it starts with “%(found)s”."),
    "other_format": _(
        "This is %(found)s: a GeoJSON file is expected (.geojson or .json, which may be compressed as .gz)."
    ),
    "other_format_lines": _("This is %(found)s and not text with lines of a fixed width: get the file again."),
    "other_format_epanet": _("This is %(found)s and not an EPANET input file (.inp): export the network as INP."),
    "epanet_empty": _("This is no EPANET input file: no section names a node or a link."),
    "epanet_units": _(
        "Line %(row)s: EPANET does not know the units “%(text)s”. Write one of CFS, GPM, MGD, IMGD, AFD, LPS, LPM, "
        "MLD, CMH, CMD, CMS after Units, under [OPTIONS]."
    ),
    "epanet_no_curve": _("The curve of its volumes, %(text)s, is not in [CURVES]: what it holds is left empty."),
    "epanet_no_coordinates": _(
        "The file says of no node where it lies: export the network from EPANET with its map ([COORDINATES])."
    ),
    "epanet_no_place": _("This node has no coordinates in [COORDINATES]."),
    "epanet_twice": _("The name is that of line %(row)s already: every node and every link needs its own."),
    "epanet_no_node": _("The node %(node)s is not in the file."),
    "epanet_loop": _("It starts and ends at the same node (%(node)s)."),
    "epanet_value": _("This value cannot be: %(text)s."),
    "epanet_short": _("The line is cut off: %(text)s."),
    "not_utf8": _("The text is not in UTF-8 (byte %(byte)s). Save the file in UTF-8 and try again."),
    "nul_character": _(
        "There is a NUL character at line %(line)s, column %(column)s: the file is damaged or not text."
    ),
    "truncated": _("The file is cut off: it ends at line %(line)s, column %(column)s in the middle of its content."),
    "bad_json": _("The JSON is wrong at line %(line)s, column %(column)s: %(reason)s."),
    "unexpected_character": _(
        "The JSON is wrong at line %(line)s, column %(column)s: there is “%(found)s” in place of “%(wanted)s”."
    ),
    "trailing_data": _("There is something after the end of the JSON document, at line %(line)s, column %(column)s."),
    "too_deep": _("The JSON nests too deeply in the value that starts at line %(line)s, column %(column)s."),
    "too_deep_anywhere": _("The content of the file nests too deeply."),
    "value_too_long": _(
        "The value that starts at line %(line)s, column %(column)s is longer than %(limit)s characters."
    ),
    "truncated_gzip": _("The compressed file is cut off: download or copy it again."),
    "bad_gzip": _("The compressed file is damaged: download or copy it again."),
    "not_an_object": _("A GeoJSON file must be a JSON object; this one is of type %(found)s."),
    "not_an_array": _("This file must be a JSON array of objects."),
    "missing_features": _("The feature collection has no “features” member."),
    "features_not_list": _("“features” must be a list; it is of type %(found)s."),
    "no_features": _("The file holds no feature."),
    "features_in_feature": _("An object of type “%(type)s” must not have a “features” member."),
    "file_too_large": _("The file is larger than %(limit_mb)s MB, once decompressed."),
    "too_many_features": _("The file holds more than %(limit)s features."),
    "too_many_vertices": _("The geometries of the file have more than %(limit)s vertices in all."),
    "too_many_fields": _("The features have more than %(limit)s different properties."),
    "crs_not_object": _("“crs” must be an object; it is of type %(found)s."),
    "crs_not_name": _("“crs” must name its coordinate reference system; found: %(found)s."),
    "unsupported_crs": _("The coordinate reference system “%(name)s” is not supported."),
    "wrong_crs": _("No coordinate of the file is possible in EPSG:%(declared)s (for example %(x)s, %(y)s)."),
    "wrong_crs_seems": _(
        "No coordinate of the file is possible in EPSG:%(declared)s (for example %(x)s, %(y)s): "
        "they look like EPSG:%(seems)s."
    ),
    "cannot_open": _("The file cannot be opened: %(reason)s"),
    "not_a_file": _("This is not a regular file."),
    "no_layers": _("The file holds no layer."),
    "unknown_layer": _("The file has no layer named “%(name)s”."),
    "driver_missing": _("This format is not available here: %(drivers)s."),
    "format_not_read": _(
        "This is %(found)s, which is not read as a layer. GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet, "
        "GML, KML, GPX, DXF, MapInfo, CSV, ODS and XLSX are."
    ),
    "unknown_format": _(
        "“%(name)s” is of no known format. GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet, GML, KML, GPX, DXF, "
        "MapInfo, CSV, ODS and XLSX are read."
    ),
    "wrong_extension": _(
        "The content of “%(name)s” is that of a %(wanted)s file: give it that extension and try again."
    ),
    "companion_missing": _("The %(name)s file is missing: send it with the others, or all of them in one ZIP archive."),
    "damaged_at": _("The file is damaged near row %(row)s: copy or export it again. %(reason)s"),
    "too_many_layers": _("The file holds more than %(limit)s layers: keep those that are needed."),
    "not_a_shapefile": _("This is not a shapefile (.shp): copy or export it again."),
    "shape_beyond_end": _("The shapefile is cut off: geometry %(row)s lies beyond its end. Copy or export it again."),
    "shape_length": _(
        "The index (.shx) does not belong to this shapefile: they disagree on geometry %(row)s. Export it again, "
        "or send it without the .shx."
    ),
    "damaged_index": _("The index (.shx) is damaged: send the shapefile without it."),
    "damaged_table": _("The table (.dbf) is damaged: copy or export it again."),
    "table_cut": _("The table (.dbf) is cut off: it announces %(announced)s rows and holds %(held)s."),
    "unknown_encoding": _("“%(name)s” is not a text encoding. Try utf-8, cp1252 (Windows) or cp850 (DOS)."),
    "wrong_encoding": _("The text is not in the encoding %(name)s (near row %(row)s): choose another."),
    "csv_cut": _(
        "The file is cut off: it ends within its last line (row %(row)s: “%(text)s”). Download or export it again; if "
        "it is whole, give that line an end (a line break)."
    ),
    "shape_cut": _(
        "The shapefile is cut off: %(name)s announces %(announced)s bytes and holds %(held)s. Copy or export it again."
    ),
    "mif_cut": _(
        "The file is cut off: there are %(shapes)s geometries (.mif) and %(rows)s rows (.mid). Copy or export both "
        "again."
    ),
    "epanet_cut": _(
        "The file is cut off: it ends within line %(row)s (“%(text)s”) and has no [END]. Export the network again; if "
        "it is whole, add a line [END]."
    ),
    "endless_row": _("A text after row %(row)s has no end: a quotation mark was probably not closed."),
    "line_too_long": _(
        "Line %(row)s is longer than %(limit)s characters: this is not a text file with lines of a fixed width."
    ),
    "not_text": _("The line holds a character that is no text, at column %(column)s: get the file again."),
    "not_a_picture": _("This is no picture that is read here."),
    "picture_pixels": _("The picture has too many pixels (%(width)s × %(height)s): send a smaller one."),
    "picture_damaged": _("The picture is damaged: it cannot be read to its end."),
    "utf16_lines": _("The file is in UTF-16: get it again as the administration delivers it."),
    "kml_too_large": _("The KML file is larger than %(limit_mb)s MB: send it as GeoPackage."),
    "xml_too_many_elements": _("The XML holds more than %(limit)s elements: export the file as GeoPackage."),
    "kml_without_placemark": _("There is no placemark in this KML file."),
    "kml_place": _("“%(text)s” is no place of a KML file."),
    "geoparquet_metadata": _("What the file says of its geometries makes no sense: write it again as GeoParquet."),
    "geoparquet_encoding": _("The geometries are written as “%(found)s”: write them as WKB, as GeoParquet does."),
    "geoparquet_group": _("A group of rows is larger than %(limit_mb)s MB: write the file in smaller groups."),
    "bad_xml": _("The XML is wrong at line %(line)s, column %(column)s: export the file again."),
    "xml_doctype": _("The XML begins with a document type (DTD), which is not read: export the file without it."),
    "unknown_field": _("The layer has no field named “%(name)s”."),
    "spreadsheet_too_large": _("The workbook is larger than %(limit_mb)s MB once unpacked: save its sheet as CSV."),
    "archive_bomb": _("The archive grows to more than %(ratio)s times its size: it is not unpacked."),
    "archive_damaged": _("The archive is damaged: copy or make it again."),
    "archive_link": _("The archive holds a link or a special file (%(name)s): send the files themselves."),
    "archive_path": _("The archive holds a path that leads out of it (%(name)s): make it again from its folder."),
    "archive_encrypted": _("The archive is protected by a password (%(name)s): make it without one."),
    "archive_members": _("The archive holds more than %(limit)s files: keep those that are needed."),
    "archive_in_archive": _("The archive holds another archive (%(name)s): unpack it and send the files."),
    "archive_without_data": _(
        "The archive holds no file that can be read as a layer (found: %(found)s). GeoPackage, Shapefile, "
        "GeoJSON, FlatGeobuf, GeoParquet, GML, KML, GPX, DXF, MapInfo, CSV, ODS and XLSX are read."
    ),
    # A sheet of the cadastral plan
    "edigeo_missing_file": _("The file %(name)s is missing from the sheet: send all of its files together."),
    "edigeo_truncated": _("%(name)s is cut off at line %(line)s: download or copy the sheet again."),
    "edigeo_no_lot": _("%(name)s names no sheet, or not all of its files: it is damaged, download the sheet again."),
    "edigeo_damaged": _("%(name)s is damaged in the block at line %(line)s: download the sheet again."),
    "edigeo_points": _(
        "%(name)s is damaged at line %(line)s: an arc of %(wanted)s points has %(found)s. Download the sheet again."
    ),
    "edigeo_coordinates": _("%(name)s holds a coordinate that is not a number: download the sheet again."),
    "edigeo_reference": _(
        "%(name)s is damaged at line %(line)s: it speaks of %(reference)s, which it does not hold. "
        "Download the sheet again."
    ),
    "edigeo_no_arcs": _("The object has no outline in the file."),
    "edigeo_open_ring": _("The outline of the object does not close (%(x)s, %(y)s)."),
    "edigeo_no_thf": _("There is no .THF file, by which a sheet of the cadastral plan begins."),
    "edigeo_not_archive": _("This is neither a .THF file nor an archive (.tar.bz2, .tar.gz, .tar, .zip) of sheets."),
    "edigeo_tar_too_large": _(
        "The archive holds more than %(limit_mb)s MB of unpacked sheets: send a ZIP archive or the folder itself."
    ),
    "not_geopackage": _("This SQLite database is not a GeoPackage, or it is damaged: export it again as GeoPackage."),
    # An image
    "not_an_image": _("This is not an image: it starts with “%(found)s”."),
    "other_image": _("This is %(found)s, which is not read as a photo: GeoTIFF, JPEG 2000, JPEG or PNG is expected."),
    "described_image": _(
        "This is %(found)s, not an image: it would lead to other files or to the network. "
        "Deliver the images themselves."
    ),
    "wavelet_image": _(
        "%(format)s images are not read: their format needs a licensed reader. Ask the supplier for JPEG 2000 or "
        "GeoTIFF, or convert the files with the supplier’s tool."
    ),
    "image_truncated": _("The image is cut off: the file ends before its last pixels. Copy it again."),
    "image_damaged": _("The image cannot be decoded: the file is damaged."),
    "too_many_pixels": _(
        "The image declares %(width)s × %(height)s pixels, more than the %(limit)s that are accepted."
    ),
    "several_images": _("The file holds %(count)s images: deliver one image per file."),
    "pixel_type": _(
        "The pixels are of type %(found)s: a photo has whole numbers of 8 or 16 bits. Is this an elevation model?"
    ),
    "height_type": _(
        "The pixels are of type %(found)s: heights are numbers of 16 or 32 bits."
        " Is this a picture, such as a hillshade?"
    ),
    "palette": _("The colours of the image lie in a palette: convert it to red, green and blue."),
    "gcp_only": _(
        "The image is placed by %(count)s control points only: have it rectified (orthophoto) before it is delivered."
    ),
    "wrong_mask": _("The mask beside the image (.msk) is not a TIFF of the same size."),
    "unknown_band": _("The image has %(count)s bands only."),
    # One feature
    "missing_type": _("“type” is missing (%(what)s)."),
    "type_not_text": _("“type” must be text; it is of type %(found)s (%(what)s)."),
    "type_case": _("The type “%(found)s” must be written “%(expected)s” (%(what)s)."),
    "unknown_type": _("The type “%(found)s” is unknown in GeoJSON (%(what)s)."),
    "feature_not_object": _("A feature must be an object; this one is of type %(found)s."),
    "record_not_object": _("A row must be an object; this one is of type %(found)s."),
    "not_a_feature": _("A feature is expected here, not an object of type “%(found)s”."),
    "properties_not_object": _("“properties” must be an object; it is of type %(found)s."),
    "duplicate_key": _("The key “%(key)s” appears twice in the same object."),
    "number_too_large": _("The number %(value)s… is too large."),
    "not_finite": _("%(value)s is not a number that GeoJSON allows."),
    "property_not_finite": _("The property “%(name)s” is not a finite number."),
    "property_nul": _("The property “%(name)s” holds a NUL character."),
    "property_not_unicode": _("The property “%(name)s” holds half a Unicode character."),
    "property_too_deep": _("The property “%(name)s” nests too deeply."),
    "text_too_long": _("The property “%(name)s” is longer than %(limit)s characters."),
    "geometry_not_object": _("“geometry” must be an object or null; it is of type %(found)s."),
    "coordinates_missing": _("The geometry of type %(type)s has no coordinates."),
    "coordinates_not_list": _("Coordinates of type %(type)s must be lists; found: %(found)s."),
    "position_not_list": _("A position must be a list of numbers: the coordinates are not nested as their type wants."),
    "position_size": _("A position has 2 or 3 numbers; one has %(found)s."),
    "mixed_dimensions": _("Some positions have a height and others have none."),
    "coordinate_not_number": _("A coordinate must be a number; one is of type %(found)s."),
    "line_too_short": _("A line needs 2 positions; one has %(found)s."),
    "ring_too_short": _("The ring of a polygon needs 4 positions; one has %(found)s."),
    "ring_not_closed": _("A ring of the polygon is not closed: its last position is not its first."),
    "empty_geometry": _("The geometry is empty."),
    "collection_too_deep": _("Geometry collections nest more than %(limit)s deep."),
    "out_of_range": _("The coordinates are not possible in EPSG:%(declared)s (%(x)s, %(y)s)."),
    "out_of_range_seems": _(
        "The coordinates are not possible in EPSG:%(declared)s (%(x)s, %(y)s): they look like EPSG:%(seems)s."
    ),
    # One row of any format
    "row_width": _("The row has %(found)s values where the header names %(expected)s fields: %(text)s"),
    "no_geometry": _("There is no geometry."),
    "unreadable_geometry": _("The geometry cannot be read."),
    "geometry_too_large": _("The geometry has too many vertices (%(found)s): cut it into several."),
    "other_family": _("The geometry is of type %(found)s; %(wanted)s are expected."),
    "coordinates_not_finite": _("A coordinate of the geometry is not a number."),
    "several_parts": _("The geometry has %(found)s parts; only one is allowed."),
    "invalid_geometry": _("The geometry is not valid: %(reason)s."),
    "nothing_left": _("Nothing is left of the geometry once it is repaired: %(reason)s."),
    "text_unstorable": _(
        "The text of “%(name)s” cannot be stored: it holds a NUL character or more than a million characters."
    ),
    "value_of_type": _("“%(name)s” is not %(type)s: %(value)s."),
    "bad_coordinate": _("The coordinate “%(name)s” is not a number: %(value)s."),
    "bad_shape_text": _("The text of the geometry cannot be read: %(value)s."),
    "repaired_polygon": _("The outline was repaired (%(reason)s): area %(before)s m² before, %(after)s m² after."),
    "repaired_line": _("The line was repaired (%(reason)s): length %(before)s m before, %(after)s m after."),
    # The reading itself
    "virtual_path": _("“%(path)s” is not a file on this machine: addresses and virtual paths are not opened."),
    "outside_quarantine": _("“%(path)s” is outside the quarantine folder."),
    "missing_file": _("The file “%(name)s” does not exist or cannot be read."),
    # Documents
    "not_a_document": _("This is no PDF, DOCX or ODT file, or it is damaged: save it again."),
    "pdf_damaged": _("This is not a PDF that opens: save or scan it again."),
    "pdf_locked": _("The PDF asks for a password: save it without one."),
    "pdf_pages": _("The PDF has %(pages)s pages: %(limit)s at most."),
    "document_macros": _("The document holds macros: save it without them, or as a PDF."),
    "document_unpacks": _("The document unpacks to more than %(limit_mb)s MB."),
    "took_too_long": _("Reading the file took more than %(seconds)s s and was stopped."),
    "killed": _("The program that reads files was stopped by the system: this says nothing of the file. Try again."),
    "no_thread": _("Too many files are being read on this server: this says nothing of the file. Try again."),
    "killed_for_memory": _(
        "The server's memory ran out, and the program that reads files was stopped: this says nothing of the file."
        " Try again when the server has less to do."
    ),
    "too_much_cpu": _("Reading the file took more than %(seconds)s s of processor time and was stopped."),
    "too_much_memory": _("Reading the file needs too much memory."),
    "reader_stopped": _("The reader stopped while it opened this file (%(status)s): the file is probably damaged."),
    "reader_fault": _("The reader gave an answer that makes no sense: the file is probably hostile."),
    "no_quarantine": _("The quarantine folder cannot be written: %(reason)s."),
    "not_isolated": _(
        "Files are not opened on this machine, because the process that would read them could not be cut off from the "
        "network and from other files. Allow user namespaces or run as root, and install libseccomp2. (%(tried)s)"
    ),
}

# What the child calls by a short name.
FORMATS = {
    "zip": _("a ZIP archive or a spreadsheet"),
    "tar": _("a TAR archive"),
    "archive": _("a compressed archive"),
    "geopackage": _("a GeoPackage or another SQLite database"),
    "shapefile": _("a shapefile (.shp)"),
    "flatgeobuf": _("a FlatGeobuf file"),
    "tiff": _("a TIFF image"),
    "jpeg2000": _("a JPEG 2000 image"),
    "png": _("a PNG image"),
    "jpeg": _("a JPEG image"),
    "pdf": _("a PDF document"),
    "dwg": _("a DWG drawing"),
    "utf16": _("text in UTF-16, not in UTF-8"),
    "gif": _("a GIF image"),
    "webp": _("a WebP image"),
    "imagine": _("an Erdas Imagine image"),
    "hdf": _("an HDF or netCDF file"),
    "vrt": _("a GDAL virtual raster (VRT)"),
    "wms": _("the description of a map service (WMS, WMTS)"),
    "xml": _("an XML document"),
    "old_office": _("an old Excel workbook or Word document (save it as .xlsx or .ods)"),
    "osm": _("an OpenStreetMap extract (export what is needed as GeoPackage)"),
    "svg": _("an SVG drawing"),
    "html": _("a web page"),
}
KINDS = {
    "object": pgettext_lazy("JSON", "object"),
    "array": pgettext_lazy("JSON", "list"),
    "string": pgettext_lazy("JSON", "text"),
    "number": pgettext_lazy("JSON", "number"),
    "boolean": pgettext_lazy("JSON", "boolean"),
}
PLACES = {"file": _("at the top of the file"), "feature": _("in a feature"), "geometry": _("in a geometry")}
# What Python's decoder says of wrong JSON, and GEOS of a geometry that is not valid.
REASONS = {
    "Expecting value": _("a value is missing"),
    "Expecting property name enclosed in double quotes": _("a key between double quotes is missing"),
    "Expecting ':' delimiter": _("a colon is missing"),
    "Expecting ',' delimiter": _("a comma is missing"),
    "Illegal trailing comma before end of object": _("there is a comma after the last member of an object"),
    "Illegal trailing comma before end of array": _("there is a comma after the last value of a list"),
    "Unterminated string starting at": _("a text has no end"),
    "Invalid control character at": _("a text holds a line break or another control character"),
    "Invalid \\uXXXX escape": _("a \\u in a text is not followed by four hexadecimal digits"),
    "Invalid \\escape": _("a backslash in a text escapes nothing"),
    "Self-intersection": _("the outline crosses itself"),
    "Ring Self-intersection": _("the outline touches itself"),
    "Hole lies outside shell": _("a hole lies outside"),
    "Holes are nested": _("a hole lies in another"),
    "Nested holes": _("a hole lies in another"),
    "Nested shells": _("a part lies in another"),
    "Interior is disconnected": _("the holes cut it in two"),
    "Duplicate Rings": _("a ring appears twice"),
    "Too few points in geometry component": _("a ring has too few different positions"),
    "Invalid Coordinate": _("a coordinate is not a number"),
}
TYPES = {
    "text": _("a text"),
    "integer": _("a whole number"),
    "number": _("a number"),
    "boolean": _("yes or no"),
    "date": _("a date"),
    "datetime": _("a date and time"),
}
FAMILIES = {
    "point": _("points"),
    "line": _("lines"),
    "polygon": _("polygons"),
}
# Harmless oddities of a file or a layer.
NOTES = {
    "no_table": _("There is no table (.dbf): the geometries come without attributes."),
    "no_header": _("The first row names no fields: they are numbered."),
    "skipped_lines": _("Lines before the header were skipped."),
    "table_longer": _("The table (.dbf) has more rows than there are geometries: the last ones are left out."),
    "style_beside": _("The file carries the style of QGIS too: a new layer takes it up."),
    "journal": _(
        "The GeoPackage was open in another program when it was copied: its last changes may be missing. "
        "Close it there and copy it again."
    ),
    "empty_rows": _("Rows without any value were left out."),
    "utf8_bom": _("The file starts with a byte order mark, which was skipped."),
}
# Their `found` is a word of the file itself.
QUOTING = frozenset(
    {
        "not_json",
        "type_case",
        "unknown_type",
        "not_a_feature",
        "not_an_image",
        "pixel_type",
        "height_type",
        "other_family",
    }
)
FORMATTED = frozenset({"other_format", "other_format_epanet", "other_image", "described_image", "format_not_read"})


def describe_problem(code: str, params: Mapping[str, Any]) -> str:
    """The message of a code in the current language; the code itself when it is unknown."""
    message = MESSAGES.get(code)
    if message is None:
        return gettext("Unknown problem: %(code)s.") % {"code": code}
    limit = params.get("limit")
    labelled = {
        **params,
        **label_parameters(code, params),
        "limit_mb": limit // 1_048_576 if isinstance(limit, int) else limit,
    }
    try:
        return str(message) % labelled
    except (KeyError, TypeError):
        return str(message)


def label_parameters(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Labels of the parameters that the child gave as short names."""
    kinds = FORMATS if code in FORMATTED else {} if code in QUOTING else KINDS
    tables: dict[str, Mapping[str, Any]] = {
        "found": kinds,
        "what": PLACES,
        "reason": REASONS,
        "type": TYPES,
        "wanted": FAMILIES,
    }
    return {
        name: table[value]
        for name, table in tables.items()
        if isinstance(value := params.get(name), str) and value in table
    }
