"""A browser tab without a browser: it speaks Streamlit's protocol over a WebSocket, as the front end does."""

import asyncio
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

FIRST_SECONDS = 60.0  # until a page must have been shown
TICK_SECONDS = 30.0  # until a tick must have been answered


@dataclass
class Viewer:
    """One session on a page that ticks."""

    address: str  # http://host:port
    page: str  # its path
    query: str
    delays: list[float] = field(default_factory=list)  # seconds from a tick's request to the end of its answer
    intervals: list[float] = field(default_factory=list)  # seconds between the ends of two answers
    sizes: list[int] = field(default_factory=list)  # bytes of each answer
    resent: int = 0  # elements that came whole
    referred: int = 0  # elements that the tab was told to take from its cache
    errors: list[str] = field(default_factory=list)
    first: float = 0.0  # seconds until the page was shown

    async def watch(self, until: asyncio.Event, awake: asyncio.Event) -> None:
        """Open the page and tick until told to end, but only while `awake`, as tabs do that are looked at."""
        url = f"ws://{urlsplit(self.address).netloc}/_stcore/stream"
        try:
            # Browsers compress; what that costs the server belongs to the measurement.
            async with websockets.connect(url, subprotocols=["streamlit"], max_size=None) as socket:
                self._socket, self._ticks, self._cached, self._hash = socket, {}, set(), ""
                began = time.perf_counter()
                await self._send()
                await asyncio.wait_for(self._answer(), FIRST_SECONDS)
                self.first = time.perf_counter() - began
                await self._tick(until, awake)
        except Exception as error:
            self.errors.append(f"{type(error).__name__}: {error}")

    def forget(self) -> None:
        """Begin to count anew."""
        self.delays, self.intervals, self.sizes = [], [], []

    async def _tick(self, until: asyncio.Event, awake: asyncio.Event) -> None:
        due, before = time.perf_counter(), 0.0
        while not until.is_set() and self._ticks:
            (fragment, interval), *_ = self._ticks.items()
            due += interval
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due = max(due, time.perf_counter() - interval)
            if not awake.is_set():
                before = 0.0
                continue
            began = time.perf_counter()
            await self._send(fragment)
            size = await asyncio.wait_for(self._answer(), TICK_SECONDS)
            ended = time.perf_counter()
            self.delays.append(ended - began)
            self.sizes.append(size)
            if before:
                self.intervals.append(ended - before)
            before = ended

    async def _send(self, fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self._hash
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.cached_message_hashes.extend(self._cached)
        await self._socket.send(message.SerializeToString())

    async def _answer(self) -> int:
        """Read until the script has run; return the bytes."""
        size = 0
        while True:
            data = await self._socket.recv()
            size += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if message.metadata.cacheable:
                self._cached.add(message.hash)
            if kind == "new_session":
                self._hash = message.new_session.page_script_hash
                if not message.metadata.run.fragment_ids:  # the whole page: it says anew what ticks
                    self._ticks = {}
            elif kind == "navigation":
                self._hash = message.navigation.page_script_hash
            elif kind == "auto_rerun":
                self._ticks[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            elif kind == "ref_hash":
                self.referred += 1
            elif kind == "delta":
                self.resent += 1
                if message.delta.new_element.WhichOneof("type") == "exception":
                    self.errors.append(message.delta.new_element.exception.message)
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return size
