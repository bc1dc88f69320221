"""Download from an address: a real server on this machine, allowed for the test, and what is refused without it."""

import hashlib
from http.server import BaseHTTPRequestHandler

import pytest

from cnnapp import datasets
from cnnapp.datasets import urls
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings
from tests.kit.image_trees import as_zip, classes
from tests.kit.waiting import finish
from tests.kit.web import serve


class Handler(BaseHTTPRequestHandler):
    archive = b""

    def do_GET(self):
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", self.headers.get("X") or self.path.partition("=")[2] or self.path)
            self.end_headers()
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", str(2 * len(self.archive)))
            self.end_headers()
            self.wfile.write(self.archive)
        elif self.path == "/large":
            self.send_response(200)
            self.send_header("Content-Length", str(10**15))
            self.end_headers()
        elif self.path == "/photos.zip":
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.archive)))
            self.end_headers()
            self.wfile.write(self.archive)
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    Handler.archive = as_zip(tmp_path / "photos.zip", classes("ant", "bee")).read_bytes()
    with serve(Handler) as address:
        yield address


@pytest.fixture
def allowed(home, monkeypatch):
    monkeypatch.setenv("CNNAPP_ALLOW_PRIVATE_URLS", "1")
    settings.cache_clear()


def fetch(url, tmp_path):
    return urls.download(url, tmp_path / "target", lambda *_: None)


def test_archive_of_an_address_becomes_a_data_set(allowed, server):
    job = finish(datasets.request_import(f"{server}/photos.zip", "Photos"))
    assert (job.state, job.message) == ("finished", "")
    manifest = datasets.load("photos").manifest
    assert manifest.train + manifest.test == 8
    assert hashlib.sha256(Handler.archive).hexdigest() in manifest.notices[0]


def test_redirects_are_followed(allowed, server, tmp_path):
    assert "127.0.0.1" in fetch(f"{server}/moved?to=/photos.zip", tmp_path)
    assert (tmp_path / "target").read_bytes() == Handler.archive


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/nothing", "answered 404"),
        ("/cut", "ended the download"),
        ("/large", "CNNAPP_MAX_DATASET_MB"),
        ("/moved", "leads on more than 5 times"),
        ("/moved?to=file:///etc/passwd", "does not begin with http"),
    ],
)
def test_what_a_server_does_wrong_is_told_in_one_sentence(allowed, server, tmp_path, path, sentence):
    with pytest.raises(CnnAppError, match=sentence):
        fetch(server + path, tmp_path)


def test_server_that_is_not_there(allowed, tmp_path):
    with pytest.raises(CnnAppError, match="could not be downloaded from"):
        fetch("http://127.0.0.1:9", tmp_path)


PRIVATE = [
    *("127.0.0.1", "localhost", "0.0.0.0", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),  # noqa: S104
    *("2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "[fe80::1]", "[fc00::1]", "[2002:7f00:1::]"),
]
NO_ADDRESSES = [
    *("", "photos.zip", "ftp://example.org/a.zip", "file:///etc/passwd", "gopher://x", "http://", "http://[::1"),
    *("http://a b/", "http://a\nb/", "https://user:word@example.org/", "http://example.org:0/", "http://a:99999/"),
]


@pytest.mark.parametrize("host", PRIVATE)
def test_private_addresses_are_refused_however_they_are_written(home, tmp_path, host):
    with pytest.raises(CnnAppError, match="private network"):
        fetch(f"http://{host}/photos.zip", tmp_path)


def test_redirect_to_a_private_address_is_refused(home, server, tmp_path, monkeypatch):
    checked = []

    def only_the_first(address, host):
        if checked:
            raise CnnAppError(f"{host} is in a private network")
        checked.append(address)

    monkeypatch.setattr(urls, "_check_public", only_the_first)
    with pytest.raises(CnnAppError, match="private network"):
        fetch(f"{server}/moved?to=http://127.0.0.1/photos.zip", tmp_path)


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_what_is_no_address_is_refused_at_once(home, url):
    with pytest.raises(CnnAppError, match="This address cannot be used"):
        datasets.request_import(url, "Photos")
