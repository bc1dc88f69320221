"""A process that decodes parts of an import: `python -m cnnapp.datasets.sources.part_worker FOLDER THREADS`.

It takes one part after the other from its stdin: a line of JSON with the part's number and its files' names, lengths
and problems, then the files' bytes. It answers in lines of JSON: how many images it has decoded since its last
line, then that the part is stored, or that an image was found that the plan does not expect. It ends with its stdin.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cnnapp.datasets.containers import Content, Entry
from cnnapp.datasets.sources.decoding import Decoder, ReadImage, UnplannedError
from cnnapp.datasets.sources.part import write_part
from cnnapp.datasets.sources.plan import Plan, parts_folder

EVERY = 16  # images between two lines


def receive_part(pipe: IO[bytes]) -> tuple[int, list[Content]] | None:
    """Take a part from the parent, None at the end; raises EOFError when it broke off in the middle."""
    line = pipe.readline()
    if not line:
        return None
    head = json.loads(line)
    contents = []
    for parts, length, problem in head["files"]:
        data = pipe.read(length)
        if len(data) < length:
            raise EOFError
        contents.append(Content(Entry(tuple(parts), length, None), data, problem))
    return head["part"], contents


def main(folder: Path, threads: int) -> None:
    """Decode parts until there are no more."""
    plan = Plan.load(folder)
    if plan is None:
        sys.exit(f"{folder} holds no plan.")
    decoder = Decoder(plan, folder, threads=threads)
    while (part := receive_part(sys.stdin.buffer)) is not None:
        number, contents = part
        try:
            write_part(parts_folder(folder), number, _counted(decoder.run(contents)))
        except UnplannedError as found:
            _answer(unplanned=found.kind)
            return
        _answer(part=number)


def _counted(images: Iterator[ReadImage]) -> Iterator[ReadImage]:
    count = 0
    for image in images:
        yield image
        count += 1
        if count == EVERY:
            _answer(images=count)
            count = 0
    _answer(images=count)


def _answer(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]))
    except (EOFError, BrokenPipeError):  # the import was killed: whoever resumes it reads this part again
        os._exit(1)
