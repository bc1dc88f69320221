"""Under which names the server answers: a page elsewhere must not reach it by giving its own name our address."""

import logging
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnapp.settings import settings

_log = logging.getLogger(__name__)


class KnownHosts:
    """ASGI middleware that refuses requests for other hosts: pages, uploads and the WebSocket alike.

    Without it a web page whose name is made to point to this machine (DNS rebinding) could use the app from a browser
    on it. `server.allowedHosts` of Streamlit covers the WebSocket only; Starlette's TrustedHostMiddleware does not say
    what to do.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, or answer it with status 403 and one sentence."""
        host = host_of(Headers(scope=scope).get("host", "")) if scope["type"] in ("http", "websocket") else None
        if host is None or is_known(host, settings().allowed_hosts):
            await self._app(scope, receive, send)
            return
        _log.warning("Refused a request for the host %r: CNNAPP_ALLOWED_HOSTS does not name it.", host[:100])
        sentence = (
            "This server does not answer under this name. Open it as localhost, or have its operator add the name to "
            "CNNAPP_ALLOWED_HOSTS and start it again.\n"
        )
        await PlainTextResponse(sentence, status_code=403)(scope, receive, send)


def host_of(header: str) -> str:
    """Return the name in a Host header (RFC 9110, 7.2), without port, lower case; "" where it is none."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:  # an IPv6 address that is none
        return ""


def is_known(host: str, allowed: tuple[str, ...]) -> bool:
    """Whether `host` is one of `allowed`: names, "*.example.org" for all names below one, "*" for any."""
    return any(
        pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]) and host != pattern[2:])
        for pattern in allowed
    )
