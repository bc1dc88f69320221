"""Make your own: a data set from photos, class by class."""

from contextlib import suppress

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from cnnapp import datasets, images
from cnnapp.datasets import DatasetJob
from cnnapp.errors import CnnAppError
from cnnapp.ui import pages
from cnnapp.ui.data.import_options import ask_image_options
from cnnapp.ui.data.jobs import follow
from cnnapp.ui.data.photo_input import ask_class, ask_photos, show_photos, show_problems
from cnnapp.ui.data.photos import GOOD, OwnImages, own_images, start_over
from cnnapp.ui.kit.feedback import escape, plain_errors

MADE, SAMPLES = "own-made", "own-samples"  # in the session: the last job, and some photos
MOST_SAMPLES = 4  # photos that show what resizing costs
SAMPLE_SIDE = 256  # pixels of their shorter side


def main() -> None:
    st.title(pages.TITLES[pages.OWN_IMAGES])
    st.caption(
        "A data set of your own photos: name two or more classes, then drop photos of each or take them with the "
        "camera. They go to this server only and stay here while this tab is open."
    )
    gathered = own_images()
    show_made()
    giving, making = st.columns([3, 2], gap="large")
    with giving:
        name = ask_class(gathered)
        show_problems()
        if name is None:
            st.info("Begin with the name of a class: what shall the network recognise?", icon=":material/photo_camera:")
            return
        ask_photos(gathered, name)
        show_photos(gathered, name)
    with making:
        show_counts(gathered)
        ask_making(gathered)


def show_made() -> None:
    """Say what has come of the photos, which can be added to or put away."""
    job = last_job()
    if job is None:
        return
    words, button = st.columns([6, 1], vertical_alignment="center")
    title = escape(job.title)
    if job.live:
        words.info(f"“{title}” is being made: the page Data set shows how far it is.", icon=":material/hourglass_top:")
    elif job.state == "finished":
        words.success(f"“{title}” was made of these photos. Add more for another one, or start over.")
    else:
        words.error(f"“{title}” was not made: {escape(job.message)} Your photos are still here.")
    button.button("Start over", on_click=forget_all, width="stretch")


def last_job() -> DatasetJob | None:
    """Return the job that was last started here, as long as it is known."""
    if MADE not in st.session_state:
        return None
    with suppress(CnnAppError):
        return datasets.get_job(st.session_state[MADE])
    return None


def forget_all() -> None:
    start_over()
    for key in (MADE, SAMPLES):
        st.session_state.pop(key, None)


def show_counts(gathered: OwnImages) -> None:
    """Show how many photos each class has, and how many it should have."""
    for name in gathered.names:
        count = len(gathered.photos(name))
        more = f": {GOOD - count} more for a good beginning" if count < GOOD else ""
        icon = ":material/hourglass_empty:" if count < GOOD else ":material/check_circle:"
        st.markdown(f"{icon} **{escape(name)}**, {count:,} photo{'' if count == 1 else 's'}{more}")


def ask_making(gathered: OwnImages) -> None:
    missing = gathered.missing()
    suggested = " and ".join(gathered.names)[:60]
    typed = st.text_input(
        "Name of the data set", key="own-name", placeholder=suggested, max_chars=60, persist_state="session"
    )
    with st.expander("Advanced", icon=":material/tune:"):
        options = ask_image_options(samples(gathered))
    if missing:
        st.caption(escape(missing))
    if st.button("Make data set", type="primary", disabled=bool(missing)):
        name = (typed or "").strip() or suggested
        with plain_errors():
            st.session_state[MADE] = datasets.request_import(
                gathered.uploads(), name, choices=datasets.Choices(images=options)
            )
            follow(st.session_state[MADE])
            st.switch_page(pages.DATASET)


def samples(gathered: OwnImages) -> list[NDArray[np.uint8]]:
    """Return the first photos of the first classes, decoded once."""
    first = [gathered.photos(name)[0] for name in gathered.names if gathered.photos(name)][:MOST_SAMPLES]
    digests = [photo.digest for photo in first]
    if st.session_state.get(SAMPLES, ([], []))[0] != digests:
        st.session_state[SAMPLES] = (digests, [shrunk(images.decode(photo.data).pixels) for photo in first])
    decoded: list[NDArray[np.uint8]] = st.session_state[SAMPLES][1] if first else []
    return decoded


def shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    scale = SAMPLE_SIDE / min(height, width)
    return pixels if scale >= 1 else images.resize(pixels, round(height * scale), round(width * scale))


main()
