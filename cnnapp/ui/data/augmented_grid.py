"""The live preview of augmentation: the same few training images in rows, as they are and in several draws."""

import numpy as np

from cnnapp.datasets import PreparedDataset, augmentation
from cnnapp.figures.augmented import choose_examples, draw_augmented, mixed_labels, shrink_examples
from cnnapp.recipes import Augmentation
from cnnapp.ui.components.captioned_grid import CaptionedGrid, show_captioned_grid

IMAGES, DRAWS = 4, 5


def show_augmented(dataset: PreparedDataset, rules: Augmentation, *, seed: int, key: str) -> None:
    """Show some training images and `DRAWS` draws of each; the same seed draws the same again."""
    rows = choose_examples(dataset.train.labels, IMAGES)
    originals, labels = shrink_examples(np.asarray(dataset.train.images[rows])), dataset.train.labels[rows]
    names, (height, width, channels) = dataset.manifest.class_names, originals.shape[1:]
    draws, captions = [], [[names[label] for label in labels]]
    for epoch in range(DRAWS):
        drawn = augmentation.draw(rules, len(rows), (height, width, channels), seed=seed, epoch=epoch)
        partner = 1 + epoch % max(1, len(rows) - 1)
        draws.append(augmentation.apply(originals, drawn, partner=partner))
        mixed = mixed_labels(names, labels, drawn["share"], partner) if "share" in drawn else [""] * len(rows)
        captions.append(mixed)
    grid = draw_augmented(originals, np.stack(draws))
    shown = CaptionedGrid(
        picture=grid.picture,
        layout=grid.layout,
        heads=["original", *(f"draw {number}" for number in range(1, DRAWS + 1))],
        captions=[column[row] for row in range(len(rows)) for column in captions],
        label=f"{len(rows)} training images, each as it is and in {DRAWS} random draws",
    )
    show_captioned_grid(shown, key=key)
