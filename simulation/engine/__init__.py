"""Volumes, sun and rules, computed with shapely and numpy: no Django, no database."""
