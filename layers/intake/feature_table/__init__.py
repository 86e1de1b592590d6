"""Rows of any file that become objects of a layer of ours, updated by the next file: points or lines with their values.

A desk says in `sources.py` what its layers take (`source.FeatureTable`), and has its pages of `desk.feature_desk`.
"""
