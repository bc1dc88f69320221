from cnnapp.cli.entry import main

__all__ = ["main"]
