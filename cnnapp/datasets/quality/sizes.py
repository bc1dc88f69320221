"""Files whose pictures have another size or shape than the set's others."""

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.quality.report import Finding, ImageRef, count
from cnnapp.datasets.store import Split

FAR = 4.0  # robust standard deviations from the set's median
LEAST = np.log(2) / FAR  # a side or a shape less than twice the usual one is never odd


def find_odd_sizes(splits: dict[SplitName, Split]) -> list[Finding]:
    """Find images whose original size or aspect ratio is far from the set's; none where images were arrays."""
    known = {name: split.facts.sizes for name, split in splits.items() if split.facts is not None}
    if not known:
        return []
    refs = [ImageRef(name, row) for name, sizes in known.items() for row in range(len(sizes))]
    height, width = np.log(np.concatenate(list(known.values())).T.astype(np.float64))
    odd = _far((height + width) / 2) | _far(width - height)
    groups = tuple((ref,) for ref, is_odd in zip(refs, odd.tolist(), strict=True) if is_odd)
    if not groups:
        return []
    images = count(len(groups), verb=("was", "were"))
    sentence = f"{images} of a very different size or shape before resizing: what they show may be squeezed or coarse."
    return [Finding(kind="odd size", severity="check", sentence=sentence, groups=groups)]


def _far(values: NDArray[np.float64]) -> NDArray[np.bool_]:
    deviation = np.abs(values - np.median(values))
    far: NDArray[np.bool_] = deviation > FAR * max(1.4826 * float(np.median(deviation)), LEAST)
    return far
