"""Draw Home's bundled pictures anew from a finished run of this library: python docs/home_pictures.py RUN."""

import sys

from cnnapp import runs
from cnnapp.ui.home import showcase

pictures = showcase.draw(runs.get(sys.argv[1]))
for name in ("data", "maps"):
    (showcase.ASSETS / f"{name}.png").write_bytes(getattr(pictures, name))
for name in ("network", "training", "answer"):
    (showcase.ASSETS / f"{name}.svg").write_text(getattr(pictures, name))
