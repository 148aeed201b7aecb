"""Correlation (docstring to come)."""
