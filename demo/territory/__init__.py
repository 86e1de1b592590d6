"""The demo territory as plain geometry: `generate(seed)` knows neither Django nor a database."""

from .model import Address, Building, Commune, LandCover, Member, Parcel, Road, Section, Territory
from .territory import generate
