"""What a trained network says of the pinned images, on the Train page."""

import pytest

from cnnapp import runs
from cnnapp.ui import pages
from cnnapp.ui.live.pinned import PINNED, Lookout
from tests.kit.app_pages import open_page

pytestmark = pytest.mark.keras


def test_eight_test_images_and_the_first_filters_are_shown_when_asked_for(trained):
    app = open_page(pages.TRAIN, run=trained.run)
    assert len(app.get("image")) == 0
    app.session_state[f"pinned-{trained.run}"] = True
    app.run()
    assert not app.exception
    *pinned, filters = app.get("image")
    captions = [image.proto.imgs[0].caption for image in pinned]
    assert len(captions) == PINNED
    assert sum(caption.startswith("✓") for caption in captions) >= 5
    assert len(filters.proto.imgs) == 1
    assert "After epoch 30" in " ".join(caption.value for caption in app.caption)


def test_a_look_is_taken_once_for_each_checkpoint_and_never_waited_for(trained):
    lookout = Lookout(trained.run)
    lookout.refresh()
    lookout.wait()
    first = lookout.look
    assert first.ref.epoch == runs.get(trained.run).epochs
    assert first.kernels.shape == (5, 5, 1, 6)
    lookout.refresh()
    lookout.wait()
    assert lookout.look is first
