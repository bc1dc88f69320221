"""Measurements of the app; each is a script: python -m benchmarks.NAME."""
