"""Under which names the server answers."""

import asyncio
import http.client
import socket

import pytest

from cnnapp.hosts import KnownHosts, host_of, is_known
from cnnapp.settings import OWN_HOSTS, settings
from tests.browser.server import Server


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8501", "localhost"),
        ("127.0.0.1:8501", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("evil.example", "evil.example"),
        ("localhost.evil.example:80", "localhost.evil.example"),
        ("evil.example@localhost", "localhost"),  # no browser sends user names in it
        ("", ""),
        ("[::1", ""),
        ("[evil]", ""),
    ],
)
def test_name_in_a_host_header(header, host):
    assert host_of(header) == host


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("localhost", True),
        ("::1", True),
        ("lab.example.org", True),
        ("a.lan", True),
        ("lan", False),
        ("evil.example", False),
        ("lab.example.org.evil.example", False),
        ("", False),
    ],
)
def test_hosts_that_are_known(monkeypatch, host, known):
    monkeypatch.setenv("CNNAPP_ALLOWED_HOSTS", "Lab.Example.org, *.lan")
    settings.cache_clear()
    assert is_known(host, settings().allowed_hosts) is known
    settings.cache_clear()


def test_any_host_is_allowed_only_on_request():
    assert not is_known("evil.example", OWN_HOSTS)
    assert is_known("evil.example", (*OWN_HOSTS, "*"))


def test_what_is_no_request_passes():
    seen = []

    async def inner(scope, receive, send):
        seen.append(scope["type"])

    asyncio.run(KnownHosts(inner)({"type": "lifespan"}, None, None))
    assert seen == ["lifespan"]


def ask(port: int, host: str, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    """The status and text of the answer to one request under this Host."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": host, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace") if answer.status != 101 else ""
    connection.close()
    return answer.status, text


UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


@pytest.mark.workers
def test_pages_uploads_and_websocket_are_closed_to_other_hosts(home):
    server = Server(home)
    server.start()
    try:
        port = int(server.address.rpartition(":")[2])
        key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        for path in ("/", "/train", "/_stcore/health", "/_stcore/host-config"):
            status, text = ask(port, "evil.example", path)
            assert status == 403
            assert "CNNAPP_ALLOWED_HOSTS" in text
        assert ask(port, "evil.example", "/_stcore/upload_file/a/b", "PUT", **{"Content-Length": "0"})[0] == 403
        assert ask(port, f"evil.example:{port}", "/_stcore/stream", **UPGRADE, **key)[0] == 403
        for host in (f"localhost:{port}", f"127.0.0.1:{port}", f"[::1]:{port}"):
            assert ask(port, host, "/")[0] == 200
            assert ask(port, host, "/_stcore/stream", **UPGRADE, **key)[0] == 101
    finally:
        server.stop()


@pytest.mark.workers
def test_server_without_any_host_header_is_closed(home):
    """HTTP/1.0 asks without a name."""
    server = Server(home)
    server.start()
    try:
        with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=20) as line:
            line.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert b" 403 " in line.recv(100)
    finally:
        server.stop()
