"""Classes with too few images."""

import numpy as np

from cnnapp.datasets.manifest import Manifest
from cnnapp.datasets.quality.report import Finding, ImageRef
from cnnapp.datasets.store import Split

LEAST = 10  # training images of a class


def find_small_classes(manifest: Manifest, train: Split) -> list[Finding]:
    """Find classes with fewer training images than a network can learn anything from."""
    small = [label for label, count in enumerate(manifest.train_counts) if count < LEAST]
    if not small:
        return []
    some = ", ".join(f"{manifest.class_names[label]} ({manifest.train_counts[label]})" for label in small[:5])
    sentence = (
        f"{len(small):,} {'class has' if len(small) == 1 else 'classes have'} fewer than {LEAST} training images: "
        f"{some}{' …' if len(small) > 5 else ''}. Add images of it, or expect it to be missed."
    )
    rows = (np.flatnonzero(train.labels == label) for label in small)
    groups = tuple(tuple(ImageRef("train", int(row)) for row in own) for own in rows)
    return [Finding(kind="small class", severity="check", sentence=sentence, groups=groups)]
