"""What the pages that look into a trained network share: which network, which image, what it says."""

from typing import NamedTuple, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets, images, runs
from cnnapp.errors import CnnAppError
from cnnapp.figures.colour_maps import Theme
from cnnapp.figures.pixels import enlarge, enlargement
from cnnapp.modelhost.client import host
from cnnapp.runs import ModelRef
from cnnapp.runs.models import Which
from cnnapp.ui import pages
from cnnapp.ui.choice.pickers import pick_run
from cnnapp.ui.kit.feedback import empty_state, escape
from cnnapp.ui.kit.words import percent

NO_NETWORK = "No trained network yet."
TRAIN_ONE = "Train one on digits in half a minute"
LOADING = "Loading the network"  # shown when it takes more than half a second
TEST_IMAGE, OWN_PICTURE = "Test image", "Your own"
TEST_NUMBER = "Test image number"  # "Number" alone reads as the digit on it
_SOURCE, _CARRIED, _LAYER = "image_source", "carried_picture", "explored_layer"
MAX_PICTURE_MB = 64
_MOMENTS: dict[str, Which] = {"best epoch": "best", "newest epoch": "newest"}


class Picture(NamedTuple):
    """A picture file that a person chose."""

    name: str
    data: bytes


class Subject(NamedTuple):
    """The image that is looked at."""

    original: NDArray[np.uint8]  # (h, w, 1 or 3)
    seen: NDArray[np.uint8]  # the network's image_shape
    caption: str
    notices: tuple[str, ...]


def page_theme() -> Theme:
    """Return the theme that the person sees."""
    return "dark" if st.context.theme.type == "dark" else "light"


def pick_model() -> ModelRef | None:
    """Show the pickers of run and epoch; return the network, or None after saying why there is none."""
    wide, narrow = st.columns([3, 1])
    with wide:
        summary = pick_run()
    if summary is None:
        empty_state(NO_NETWORK, pages.HOME, TRAIN_ONE)
        return None
    moment = narrow.selectbox(
        "At",
        list(_MOMENTS),
        key="at",
        persist_state="session",
        help="The epoch that did best on the validation images, or the last one finished: while a run trains, "
        "reload to see its newest epoch.",
    )
    try:
        return runs.find_model(summary.run, _MOMENTS[moment])
    except CnnAppError as error:
        st.info(escape(str(error)), icon=":material/hourglass_top:")
        return None


def current_layer() -> str:
    """Return the layer that the address names or that was looked at last, on whichever page; "" for none."""
    return str(st.query_params.get("layer") or st.session_state.get(_LAYER, ""))


def keep_layer(name: str) -> None:
    """Have the other pages open at this layer."""
    st.session_state[_LAYER] = name


def carry_picture(picture: Picture) -> None:
    """Take a picture along to the pages that look inside, before `st.switch_page`."""
    st.session_state[_CARRIED] = picture
    st.session_state[_SOURCE] = OWN_PICTURE


def pick_image(ref: ModelRef) -> Subject | None:
    """Show the choice between a test image and an own picture; return the image, or None while there is none."""
    st.session_state.setdefault(_SOURCE, TEST_IMAGE)
    options = [TEST_IMAGE, OWN_PICTURE]
    source = st.segmented_control("Image", options, key=_SOURCE, persist_state="session", required=True)
    return _test_image(ref) if source == TEST_IMAGE else _own_picture(ref)


def _test_image(ref: ModelRef) -> Subject:
    test, names = datasets.load(ref.card.dataset).test, ref.card.class_names
    number = int(st.number_input(TEST_NUMBER, 0, len(test.images) - 1, key="image", bind="query-params"))
    seen = np.array(test.images[number])
    return Subject(seen, seen, f"test image {number}, labelled {names[int(test.labels[number])]}", ())


def _own_picture(ref: ModelRef) -> Subject | None:
    file = st.file_uploader("Drop a picture", type="image", key="own_picture", max_upload_size=MAX_PICTURE_MB)
    picture = Picture(file.name, file.getvalue()) if file else st.session_state.get(_CARRIED)
    if picture is None:
        return None
    prepared = images.prepare(picture.data, picture.name, ref.card.preprocess)
    return Subject(prepared.original, prepared.seen, picture.name, prepared.notices)


def predict(ref: ModelRef, seen: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the probabilities float32 (classes,) that the network gives to one prepared image."""
    return cast("NDArray[np.float32]", host().predict(ref, seen[None])[0])


def show_verdict(ref: ModelRef, subject: Subject) -> None:
    """Say which class the network takes the image for, how sure it is, and what was done to the image before."""
    with st.spinner(LOADING):
        probabilities = predict(ref, subject.seen)
    st.metric("The network says", ref.card.class_names[int(probabilities.argmax())])
    st.caption(escape(f"{percent(float(probabilities.max()))} sure, after epoch {ref.epoch}"))
    if subject.notices:
        st.caption(escape(f"The image was {', '.join(subject.notices)}."))


def show_pixels(image: NDArray[np.uint8], caption: str, side: int = 160) -> None:
    """Show uint8 (h, w, 1 or 3) with its longer side near `side`; a small one with every pixel as a sharp square."""
    times = enlargement(image, 2 * side)
    width = min(side, round(side * image.shape[1] / image.shape[0]))
    st.image(enlarge(image, times), caption=escape(caption), width=width, output_format="PNG")


def shape_words(shape: tuple[int, ...]) -> str:
    """Return a shape as "10 × 10 × 16"."""
    return " × ".join(str(side) for side in shape)
