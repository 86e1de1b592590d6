"""Run inside the bare machine, under the rights of a service: a received file is read in a process that is cut off."""

from pathlib import Path

import django

django.setup()
from gis_core.files.reader import RestrictedReader  # noqa: E402 - settings come first

received = Path("/var/lib/arpent/files/received.geojson")
received.write_text('{"type":"Point","coordinates":[2.3,48.8]}')
try:
    with RestrictedReader() as reader:
        information = reader.inspect(reader.admit(received))
        print(f"{len(information.layers)} layer, {reader.isolation['recipe']}")
finally:
    received.unlink()
