"""How the pages of simulations are shown: by their templates in `simulation/`, on `simulation/desk.html`."""

from gis_core.desk.tabs import show_in

show = show_in("simulations", folder="simulation")
