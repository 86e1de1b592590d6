"""How the pages of water and sewer networks are shown: by their templates in `water/`, on `water/desk.html`."""

from gis_core.desk.tabs import show_in

show = show_in("networks", folder="water")
