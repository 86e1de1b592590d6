"""Aerial campaigns: a delivered folder of sheets becomes a published photo."""
