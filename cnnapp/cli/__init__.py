"""The command line: the same rooms as the pages'. A verb is one module with a `Verb`, listed in `entry.VERBS`.

Answers go to stdout, as text or with --json as plain values; progress and notes go to stderr. An exit code other than 0
comes with one sentence that says what to do.
"""

from cnnapp.cli.entry import main

__all__ = ["main"]
