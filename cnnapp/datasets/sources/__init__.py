"""From what people have to a `Draft` that `storing.py` can write: bundled sets, downloads, arrays, image files.

`given.py` tells what was given and `layout.py` finds classes and splits. `plan.py` fixes on disk what an import has
decided, and `reading.py` reads it in parts, each stored whole or not at all: a killed import goes on where it was, with
the same result.
"""
