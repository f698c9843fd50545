"""Run eight readers at once until a file appears: ``python -m devtools.testing.readers STOP_FILE``.

The output is JSON: the number of pages by HTTP status, and the errors as text.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

READERS = 8
PAGES = (
    "",
    "?q=lumbar",
    "?outcome=upheld&show=determinations",
    "?q=%22bone+scan%22+OR+pain&sort=oldest",
    "?sort=items",
)


def _connect() -> None:
    """Connect before the run begins: on a busy machine the pool may open connections slower than a page waits."""
    from django.db import OperationalError, connection

    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            continue
        break
    connection.close()


def read(number: int, stop: Path) -> tuple[Counter[int], set[str]]:
    """Turn pages until the file is there."""
    from django.db import connection
    from django.test import Client
    from django.utils.html import strip_tags

    _connect()
    client = Client(raise_request_exception=False)
    statuses: Counter[int] = Counter()
    said: set[str] = set()
    while not stop.exists():
        try:
            response = client.get(f"/determinations/{PAGES[(number + statuses.total()) % len(PAGES)]}")
        except Exception as error:  # whatever it is, it is the test's finding
            said.add(f"{type(error).__name__}: {error}")
            break
        statuses[response.status_code] += 1
        if response.status_code != 200:
            page = " ".join(strip_tags(response.text).split())
            said.add(str(response.exc_info[1]) if response.exc_info else page[:400])
    connection.close()
    return statuses, said


def main(stop: Path) -> None:
    """Let all readers read, and print what became of it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "imr_archive.settings"
    os.environ["ALLOWED_HOSTS"] = "testserver"
    import django

    django.setup()
    with ThreadPoolExecutor(READERS) as pool:
        seen = [*pool.map(lambda number: read(number, stop), range(READERS))]
    statuses = sum((each for each, _ in seen), Counter[int]())
    sys.stdout.write(json.dumps({"statuses": statuses, "said": sorted({each for _, said in seen for each in said})}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
