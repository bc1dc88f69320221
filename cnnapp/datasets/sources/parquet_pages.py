"""The pages of a Parquet column, walked by their headers before any library unpacks one."""

from typing import IO

from cnnapp.datasets.sources.parquet_footer import damaged
from cnnapp.datasets.sources.thrift import ThriftError, ThriftReader
from cnnapp.errors import CnnAppError

MOST_PAGE_BYTES = 128 * 1024**2  # unpacked; writers make pages of 1 MB, or of one large picture
MOST_PAGES = 500_000  # of a column's chunk
HEADER_BYTES = 64 * 1024


def largest_page(file: IO[bytes], start: int, end: int, name: str) -> int:
    """Walk the pages between two places of a file; return the bytes of the largest one, unpacked.

    Raises:
        CnnAppError: a header is damaged, or a page is larger than any picture; `name` is the file's.
    """
    largest = 0
    for _ in range(MOST_PAGES):
        if start >= end:
            return largest
        file.seek(start)
        try:
            header = ThriftReader(file.read(min(HEADER_BYTES, end - start)))
            fields = header.read_struct()
            unpacked, packed = int(fields[2]), int(fields[3])
        except (ThriftError, LookupError, TypeError, ValueError):
            raise damaged(name) from None
        if unpacked < 0 or packed < 0 or start + header.length + packed > end:
            raise damaged(name)
        if unpacked > MOST_PAGE_BYTES:
            raise CnnAppError(
                f"{name} has a page of {unpacked / 1e6:,.0f} MB, more than the {MOST_PAGE_BYTES / 1e6:,.0f} MB that "
                "pictures need: write it again with smaller pages."
            )
        largest = max(largest, unpacked)
        start += header.length + packed
    raise CnnAppError(f"{name} has more than {MOST_PAGES:,} pages in one column: write it again with larger pages.")
