"""The launcher: `streamlit run app.py` or `python app.py`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from cnnapp import downloads, lifecycle
from cnnapp.hosts import KnownHosts

PAGES = Path(__file__).resolve().parent / "pages"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Start what runs beside the pages with the server, stop it with the server, never on the event loop."""
    await asyncio.to_thread(lifecycle.start)
    try:
        yield
    finally:
        await asyncio.to_thread(lifecycle.stop)


# Not st.navigation in this file: a pages/ folder beside the main script turns on Streamlit's old discovery of pages.
app = st.App(PAGES / "navigation.py", lifespan=lifespan, routes=downloads.ROUTES, middleware=[Middleware(KnownHosts)])

if __name__ == "__main__":
    app.run()
