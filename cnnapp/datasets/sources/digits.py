"""The bundled handwritten digits."""

import numpy as np

from cnnapp.datasets.catalog_row import CatalogRow
from cnnapp.datasets.drafts import Draft, Rows, Workspace
from cnnapp.datasets.splits import split_stratified
from cnnapp.images import resize

SPLIT_SEED = 0


def make(row: CatalogRow, workspace: Workspace) -> Draft:
    """Make the set from scikit-learn's copy of the UCI handwritten digits (Alpaydin & Kaynak 1998): 8×8, 17 levels.

    The 17 levels become 0-255; larger sizes are enlarged with the bicubic filter that every other image gets.
    """
    from sklearn.datasets import load_digits

    workspace.report("Reading the digits", 0, row.train + row.test)
    digits = load_digits()
    small = np.round(digits.images * (255 / 16)).astype(np.uint8)[..., None]
    height, width, _ = row.image_shape
    images = np.stack([resize(image, height, width) for image in small])
    labels = digits.target.astype(np.int32)
    train, test = split_stratified(labels, row.test, SPLIT_SEED)
    return row.draft(Rows.from_array(images[train], labels[train]), Rows.from_array(images[test], labels[test]))
