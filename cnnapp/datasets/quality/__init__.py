from cnnapp.datasets.quality.report import Finding, Group, ImageRef, Kind, QualityReport, Severity

__all__ = ["Finding", "Group", "ImageRef", "Kind", "QualityReport", "Severity"]
