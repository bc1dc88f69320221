"""Download of an archive from an address that anybody typed: public hosts only, bounded, with its checksum."""

import hashlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from cnnapp import files
from cnnapp.datasets.drafts import Report
from cnnapp.errors import CnnAppError
from cnnapp.settings import settings

CHUNK = 1024**2
SILENCE_SECONDS = 30.0  # a server that says nothing for so long is given up
MOST_REDIRECTS = 5
LONGEST_URL = 2000
_MOVED = (301, 302, 303, 307, 308)


def check_url(url: str) -> None:
    """Raise CnnAppError when `url` cannot be the address of an archive; nothing is looked up."""
    _parse(url)


def download(url: str, target: Path, report: Report) -> str:
    """Download `url` into the file `target`.

    Addresses of this machine and of private networks are refused unless the operator allows them; a host's name is
    looked up once, and the connection goes to the address that was checked (no DNS rebinding).

    Returns:
        A sentence with the host, the size and the SHA-256 of what came.

    Raises:
        CnnAppError: the address is refused, cannot be reached, or sends too much, too little or no file.
    """
    parts = _parse(url)
    for _ in range(MOST_REDIRECTS + 1):
        try:
            with _get(parts) as answer:
                if answer.status not in _MOVED:
                    return _save(answer, str(parts.hostname), target, report)
                parts = _parse(urljoin(parts.geturl(), answer.headers.get("Location", "")))
        except (OSError, http.client.HTTPException) as error:
            reason = str(getattr(error, "strerror", None) or error or type(error).__name__)
            raise CnnAppError(
                f"{parts.hostname} could not be downloaded from ({reason}): check the address and the network, or "
                "download the archive yourself and drop it on the Data set page."
            ) from None
    raise CnnAppError(f"The address leads on more than {MOST_REDIRECTS} times: use the one where the archive lies.")


def download_once(url: str, folder: Path, report: Report) -> tuple[Path, str]:
    """Download `url` into `folder`, unless an interrupted job has done so before.

    Returns:
        The file, and the sentence of `download`.

    Raises:
        CnnAppError: as `download`.
    """
    target, record = folder / "download", folder / "download.json"
    try:
        known = files.read_json(record)
    except (OSError, ValueError):
        known = {}
    if known.get("url") != url:
        known = {"url": url, "told": download(url, target, report)}
        files.write_json(record, known)
    return target, known["told"]


def _parse(url: str) -> SplitResult:
    problem = ""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            problem = "it does not begin with http:// or https:// and a host"
    except ValueError:
        problem = "it is no valid address"
    if not problem and (len(url) > LONGEST_URL or not url.isprintable() or not url.isascii() or " " in url):
        problem = "it has characters that an address cannot have, or too many"
    if not problem and (parts.username is not None or parts.password is not None):
        problem = "it carries a password, which would be stored"
    if problem:
        raise CnnAppError(f"This address cannot be used: {problem}. Expected one like https://example.org/photos.zip.")
    return parts


@contextmanager
def _get(parts: SplitResult) -> Iterator[http.client.HTTPResponse]:
    usual_port = {"http": 80, "https": 443}[parts.scheme]
    host, port = str(parts.hostname), parts.port or usual_port
    connection = http.client.HTTPConnection(host, port, timeout=SILENCE_SECONDS)
    connection.default_port = usual_port  # which the Host header leaves out
    connection.sock = _connect(host, port, secure=parts.scheme == "https")
    with closing(connection):
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": "cnnapp", "Accept-Encoding": "identity"})
        yield connection.getresponse()


def _connect(host: str, port: int, *, secure: bool) -> socket.socket:
    """Connect to the first address of `host` that answers; all of them must be public."""
    addresses = list(
        dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP))
    )
    for address in addresses:
        _check_public(address, host)
    for place, address in enumerate(addresses, 1):
        try:
            plain = socket.create_connection((address, port), SILENCE_SECONDS)
            break
        except OSError:
            if place == len(addresses):
                raise
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host) if secure else plain


def _check_public(address: str, host: str) -> None:
    if settings().allow_private_urls:
        return
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None) or ip
    if not inner.is_global or inner.is_multicast or not ip.is_global:
        raise CnnAppError(
            f"{host} is an address of this machine or of a private network, which are not downloaded from: use a "
            "public one, or ask the operator to set CNNAPP_ALLOW_PRIVATE_URLS=1."
        )


def _save(answer: http.client.HTTPResponse, host: str, target: Path, report: Report) -> str:
    if answer.status != 200:
        raise CnnAppError(f"{host} answered {answer.status} {answer.reason}: check the address.")
    announced = answer.length or 0  # None: the server does not say
    _check_size(announced, host)
    sha, done = hashlib.sha256(), 0
    with target.open("wb") as file:
        while chunk := answer.read1(CHUNK):
            done += len(chunk)
            _check_size(done, host)
            sha.update(chunk)
            file.write(chunk)
            report(f"Downloading from {host}", done, max(announced, done), "bytes")
    if done < announced:
        raise CnnAppError(f"{host} ended the download after {done:,} of {announced:,} bytes: try again.")
    return f"Downloaded {done / 1e6:,.1f} MB from {host}; SHA-256 {sha.hexdigest()}."


def _check_size(size: int, host: str) -> None:
    limit = settings().max_dataset_bytes
    if size > limit:
        raise CnnAppError(
            f"{host} sends {size / 1e9:,.1f} GB or more; {limit / 1e9:,.1f} GB are allowed (CNNAPP_MAX_DATASET_MB): "
            "use a smaller archive."
        )
