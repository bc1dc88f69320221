"""What became of the files: which could not be read, and which were converted."""

from collections import defaultdict

from cnnapp.datasets.manifest import Manifest, SplitName
from cnnapp.datasets.quality.report import Finding, ImageRef, count
from cnnapp.datasets.store import Split

_WERE = ("was", "were")


def find_unreadable(manifest: Manifest) -> list[Finding]:
    """List what was offered but is not in the set, by reason, the most frequent first."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for skipped in manifest.skipped:
        by_reason[skipped.reason].append(skipped.file)
    return [
        Finding(
            kind="unreadable",
            severity="note",
            sentence=f"{count(len(files), 'file', _WERE)} left out: {reason}",
            files=tuple(files),
        )
        for reason, files in sorted(by_reason.items(), key=lambda item: -len(item[1]))
    ]


def find_converted(splits: dict[SplitName, Split]) -> list[Finding]:
    """List the images whose files had to be converted, by kind of conversion."""
    by_kind: dict[str, list[ImageRef]] = defaultdict(list)
    for name, split in splits.items():
        if split.facts is not None:
            for row in range(len(split.labels)):
                for kind in split.facts.conversions(row):
                    by_kind[kind].append(ImageRef(name, row))
    return [
        Finding(
            kind="converted",
            severity="note",
            sentence=f"{count(len(refs), verb=_WERE)} converted: {kind}.",
            groups=tuple((ref,) for ref in refs),
        )
        for kind, refs in sorted(by_kind.items())
    ]
