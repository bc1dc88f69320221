"""What browsers load straight from the library's disk: too large for a page, whose downloads lie in memory."""

import asyncio

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from cnnapp import datasets
from cnnapp.errors import CnnAppError


async def send_export(request: Request) -> Response:
    """Send the zip that a job has made of a data set."""
    job = request.path_params["job"]
    try:
        path = await asyncio.to_thread(datasets.export_file, job)
        name = (await asyncio.to_thread(datasets.get_job, job)).name
    except CnnAppError:
        path, name = None, ""
    if path is None:
        return PlainTextResponse("This zip is no longer there: make it again on the Data set page.", 404)
    return FileResponse(path, filename=f"{name}.zip", media_type="application/zip")


ROUTES = [Route("/exports/{job}", send_export)]
