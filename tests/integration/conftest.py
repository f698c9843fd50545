"""An archive that commands in processes of their own use."""

from urllib.parse import quote

import pytest
from django.db import connection

from devtools.testing.faults.archives import ArchiveProcess


@pytest.fixture
def elsewhere(transactional_db, tmp_path):
    """An empty archive for commands in processes of their own, on this test's kind of database."""
    if connection.vendor == "sqlite":
        archive = ArchiveProcess(f"sqlite:///{tmp_path / 'archive.sqlite3'}")
        archive.ended("migrate", "--verbosity=0")
        return archive
    known = connection.settings_dict
    # the host of a throwaway server is the folder of its socket
    user, password, host = (quote(str(known[part]), safe="") for part in ("USER", "PASSWORD", "HOST"))
    port = f":{known['PORT']}" if known["PORT"] else ""
    return ArchiveProcess(f"postgres://{user}:{password}@{host}{port}/{known['NAME']}")
