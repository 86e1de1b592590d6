"""Two aerial campaigns of the demo territory, drawn from its own vectors; knows neither Django nor a database."""

from .changes import new_buildings_2024
from .deliveries import Delivery, deliver, render_campaigns
from .sheets import CAMPAIGNS, Campaign, Sheet
