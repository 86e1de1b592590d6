"""How the pages of notices and contacts are shown: by their templates in `notifications/`, in the desk of networks."""

from gis_core.desk.tabs import show_in

show = show_in("networks", folder="notifications")
