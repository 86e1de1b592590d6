"""How the pages of roads are shown: by their templates in `roads/`, on `roads/desk.html`."""

from gis_core.desk.tabs import show_in

show = show_in("roads", folder="roads")
