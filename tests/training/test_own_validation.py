"""A data set with a validation split of its own: training uses it, and keeps all training images."""

import numpy as np
import pytest

from cnnapp import runs
from cnnapp.runs.configuring import configure
from tests.kit.image_trees import as_folder, classes, take, under


@pytest.fixture
def own(home, tmp_path):
    files = {}
    for part, each in (("train", 4), ("val", 3), ("test", 2)):
        files |= under(part, classes("ant", "bee", each=each, shape=(32, 32, 1)))
    return take(as_folder(tmp_path / "photos", files))


def test_no_share_of_training_is_held_out_when_a_run_is_set_up(own):
    assert runs.configure("taken", "lenet5", batch_size=8, validation_share=0.5).recipe.batch_size == 8


@pytest.mark.keras
def test_training_sees_the_sets_own_parts(own):
    from cnnapp.training.source import open_sources

    config = configure("taken", "lenet5", batch_size=4, validation_share=0.5)
    train, validation, test = open_sources(own, config)
    assert [len(source) for source in (train, validation, test)] == [8, 6, 4]
    batch = validation.take(np.arange(6))
    assert np.array_equal(batch.images.numpy(), np.asarray(own.validation.images))
    assert np.array_equal(batch.labels.numpy(), own.validation.labels)
