"""Runs exported scripts in their folders, as `python script.py data.npz` does, but with TensorFlow imported once.

`python -m tests.kit.exported_scripts FOLDER …`: what each prints is in its `out.txt`, why it failed at the end of it.
"""

import contextlib
import os
import runpy
import sys
import traceback

if __name__ == "__main__":
    import keras

    folders = sys.argv[1:]
    for folder in folders:
        keras.backend.clear_session()
        keras.config.set_dtype_policy("float32")
        os.chdir(folder)
        sys.argv = ["script.py", "data.npz"]
        with open("out.txt", "w") as out, contextlib.redirect_stdout(out):  # noqa: PTH123 (as the scripts' own folder)
            try:
                runpy.run_path("script.py", run_name="__main__")
            except Exception:
                traceback.print_exc(file=out)
