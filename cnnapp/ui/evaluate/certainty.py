"""How much a test accuracy can be trusted that rests on few images."""

import math

import streamlit as st

from cnnapp import datasets
from cnnapp.errors import CnnAppError
from cnnapp.runs import RunSummary
from cnnapp.ui.kit.words import percent

FEW = 200  # images; with fewer the accuracy is uncertain by 3 points or more even at 95 %
_Z = 1.959964  # standard deviations of the normal distribution on each side of 95 %


def say_how_sure(run: RunSummary) -> None:
    """Say between which values the accuracy of a run lies that was tested on few images."""
    count = _test_images(run.dataset)
    if run.test_accuracy is None or not 0 < count < FEW:
        return
    low, high = wilson_interval(run.test_accuracy, count)
    about = (
        "The Wilson interval of 95 %: of a hundred test sets of this size, drawn from the same kind of images, about "
        "ninety-five would lead to an interval that holds the network's real accuracy."
    )
    st.caption(
        f"Test accuracy {percent(run.test_accuracy)} rests on only {count} images: its real value likely "
        f"lies between {percent(low)} and {percent(high)}.",
        help=about,
    )


def wilson_interval(share: float, count: int) -> tuple[float, float]:
    """Return between which values a share lies with 95 % confidence (Wilson 1927).

    Args:
        share: 0-1, that was seen.
        count: on how many it was seen, at least 1.
    """
    spread = _Z**2 / count
    middle = share + spread / 2
    reach = math.sqrt(spread * (share * (1 - share) + spread / 4))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))


def _test_images(dataset: str) -> int:
    try:
        return datasets.info(dataset).test
    except CnnAppError:  # deleted since
        return 0
