"""Entry point of `python -m cnnapp.cli`."""

import sys

from cnnapp.cli import main

sys.exit(main())
