"""Rows of photos for the tests of splits."""

import pytest

from arborisk.records import PhotoFacts, PhotoRow


@pytest.fixture
def make_rows():
    """Rows of photos: ``make_rows(6, trees=..., sites=...)``, with lists of ids or nothing."""

    def build(n_photos, *, trees=None, sites=None, labels=None, hashes=None):
        return [
            PhotoRow(
                photo_id=f"p{index}",
                file=f"street/p{index}.jpg",
                sha256=hashes[index] if hashes else f"{index:064x}",
                phash="",
                facts=PhotoFacts(640, 480),
                tree_id=trees[index] if trees else "",
                site_id=sites[index] if sites else "",
                label=labels[index] if labels else "",
            )
            for index in range(n_photos)
        ]

    return build
