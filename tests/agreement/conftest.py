"""Published tables beside these tests, and tables of ratings to write."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def write(tmp_path):
    """Writes a CSV: `write("a,b\\n1,2")`."""

    def put(text, name="ratings.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return put
