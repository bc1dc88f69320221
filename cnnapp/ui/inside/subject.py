"""The image that the pages look at that look into a network, and what the network says of it."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets, images
from cnnapp.runs import ModelRef
from cnnapp.ui.choice.model import LOADING, predict
from cnnapp.ui.choice.picture import OWN_PICTURE, SOURCE, TEST_IMAGE, Picture, carried_picture
from cnnapp.ui.kit.feedback import escape
from cnnapp.ui.kit.uploads import MAX_PICTURE_MB
from cnnapp.ui.kit.words import percent

TEST_NUMBER = "Test image number"  # "Number" alone reads as the digit on it
_LAYER = "explored_layer"


class Subject(NamedTuple):
    """The image that is looked at."""

    original: NDArray[np.uint8]  # (h, w, 1 or 3)
    seen: NDArray[np.uint8]  # the network's image_shape
    caption: str
    notices: tuple[str, ...]


def current_layer() -> str:
    """Return the layer that the address names or that was looked at last, on whichever page; "" for none."""
    return str(st.query_params.get("layer") or st.session_state.get(_LAYER, ""))


def keep_layer(name: str) -> None:
    """Have the other pages open at this layer."""
    st.session_state[_LAYER] = name


def pick_image(ref: ModelRef) -> Subject | None:
    """Show the choice between a test image and an own picture; return the image, or None while there is none."""
    st.session_state.setdefault(SOURCE, TEST_IMAGE)
    options = [TEST_IMAGE, OWN_PICTURE]
    source = st.segmented_control("Image", options, key=SOURCE, persist_state="session", required=True)
    return _test_image(ref) if source == TEST_IMAGE else _own_picture(ref)


def _test_image(ref: ModelRef) -> Subject:
    test, names = datasets.load(ref.card.dataset).test, ref.card.class_names
    number = int(st.number_input(TEST_NUMBER, 0, len(test.images) - 1, key="image", bind="query-params"))
    seen = np.array(test.images[number])
    return Subject(seen, seen, f"test image {number}, labelled {names[int(test.labels[number])]}", ())


def _own_picture(ref: ModelRef) -> Subject | None:
    file = st.file_uploader("Drop a picture", type="image", key="own_picture", max_upload_size=MAX_PICTURE_MB)
    picture = Picture(file.name, file.getvalue()) if file else carried_picture()
    if picture is None:
        return None
    prepared = images.prepare(picture.data, picture.name, ref.card.preprocess)
    return Subject(prepared.original, prepared.seen, picture.name, prepared.notices)


def show_verdict(ref: ModelRef, subject: Subject) -> None:
    """Say which class the network takes the image for, how sure it is, and what was done to the image before."""
    with st.spinner(LOADING):
        probabilities = predict(ref, subject.seen)
    st.metric("The network says", ref.card.class_names[int(probabilities.argmax())])
    st.caption(escape(f"{percent(float(probabilities.max()))} sure, after epoch {ref.epoch}"))
    if subject.notices:
        st.caption(escape(f"The image was {', '.join(subject.notices)}."))
