"""Faults of data sets: one kind a file, each a pure function over `Looks`, which is measured of each image in batches.

Hashes only name candidates for near duplicates; the distance of small pictures, relative to the set's usual one,
decides. The report lies beside the arrays and counts only for the same data and rules.
"""

from cnnapp.datasets.quality.report import Finding, Group, ImageRef, Kind, QualityReport, Severity

__all__ = ["Finding", "Group", "ImageRef", "Kind", "QualityReport", "Severity"]
