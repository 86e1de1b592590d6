"""Deliveries of sections and markers of roads."""
