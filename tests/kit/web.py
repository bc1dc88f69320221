"""A web server on this machine, for tests of downloads."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path


class Folder(SimpleHTTPRequestHandler):
    """Answers with a folder's files; says nothing on stderr."""

    def log_message(self, *_: object) -> None:
        pass


def serve_folder(folder: Path) -> AbstractContextManager[str]:
    """Serve the files of a folder over http while the context lasts; yields the address."""
    return serve(partial(Folder, directory=folder))


@contextmanager
def serve(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Answer requests with `handler` while the context lasts; yields the address."""
    served = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{served.server_port}"
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
