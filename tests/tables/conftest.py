"""Small tables written for a test."""

import pytest


@pytest.fixture
def write(tmp_path):
    """Writes a file: `write(content, name=..., encoding=...)` gives its path."""

    def write(content, *, name="table.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write
