import threading
import warnings

import pytest

from cnnapp.images.quiet import WithoutWarnings


def test_warnings_come_back_after_overlapping_threads():
    quiet = WithoutWarnings()
    both_inside, first_out = threading.Barrier(2), threading.Event()

    def hold() -> None:
        with quiet:
            both_inside.wait()
            first_out.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    with quiet:
        both_inside.wait()
        warnings.warn("unheard", stacklevel=1)
    first_out.set()
    thread.join()
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
