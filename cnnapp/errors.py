"""The one error that people read."""


class CnnAppError(Exception):
    """A failure told in one sentence that a user can act on.

    The sentence says what was expected, what was received and what to do; pages show it as it is, the
    command line prints it to stderr.
    """
