"""What is said of a test accuracy that rests on few images."""

import pytest

from cnnapp import datasets
from cnnapp.ui import pages
from cnnapp.ui.evaluate.certainty import wilson_interval
from tests.kit.app_pages import open_page
from tests.kit.written_runs import write_run


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),  # of scipy.stats.binomtest(right, count).proportion_ci(method="wilson")
    [(81, 100, 0.7222, 0.8749), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (1, 2, 0.0945, 0.9055)],
)
def test_the_interval_is_wilsons(right, count, low, high):
    assert wilson_interval(right / count, count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("page", [pages.TRAIN, pages.RUNS])
@pytest.mark.parametrize(("images", "expected"), [(199, True), (200, False)])
def test_few_test_images_are_told_with_the_run(home, monkeypatch, page, images, expected):
    monkeypatch.setattr("cnnapp.runs.submitting.schedule", list)
    write_run("finished", epochs=15)
    real = datasets.info
    monkeypatch.setattr(datasets, "info", lambda name: real(name).model_copy(update={"test": images}))
    app = open_page(page)
    told = [caption.value for caption in app.caption if "rests on only" in caption.value]
    sentence = "Test accuracy 97.4 % rests on only 199 images: its real value likely lies between 94.1 % and 98.9 %."
    assert told == ([sentence] if expected else [])
