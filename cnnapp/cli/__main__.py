import sys

from cnnapp.cli import main

sys.exit(main())
