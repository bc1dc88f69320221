"""The server's allocators: what is asked of them is done where the C library knows how, and harms nowhere."""

import subprocess
import sys

SCRIPT = """
import threading
from cnnapp import memory
memory.keep_small()
import pyarrow
pieces = []
threads = [threading.Thread(target=lambda: pieces.extend(bytearray(100_000) for _ in range(100))) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
pieces.clear()
print(pyarrow.default_memory_pool().backend_name)
"""


def test_small_allocators_serve_threads_and_arrow():
    told = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "system"
