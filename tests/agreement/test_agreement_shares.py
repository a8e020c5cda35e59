"""A consensus file gives soft labels to learn from."""

import numpy as np
import pytest
from made import drawn, ratings_of

from arborisk.agreement.export import write_consensus
from arborisk.agreement.measure import measure_agreement
from arborisk.agreement.predictions import consensus_shares
from arborisk.dataset.schemes import ISA_SCHEMES
from arborisk.dataset.table import LabelledPhotos
from arborisk.errors import DatasetError
from arborisk.records import PhotoFacts, PhotoRow


def labelled_of(scheme, trees):
    rows = tuple(
        PhotoRow(f"id-{n}", f"photos/{n}.jpg", "", "", PhotoFacts(1, 1), tree_id=tree)
        for n, tree in enumerate(trees)
    )
    return LabelledPhotos(scheme, rows, np.zeros(len(rows), dtype=int), {}, (), 0)


@pytest.fixture
def consensus(tmp_path):
    found = measure_agreement(ratings_of(drawn(20)[1]))
    write_consensus(found, tmp_path / "consensus.csv")
    return found, tmp_path / "consensus.csv"


def test_photos_get_the_probabilities_of_their_tree(consensus):
    found, path = consensus
    labelled = labelled_of(ISA_SCHEMES["Pr_Po_Im"], ["tree 3", "TREE 7", "elsewhere"])
    shares = consensus_shares(path, labelled)
    np.testing.assert_allclose(shares[:2], found.consensus.model.probability[[3, 7]], atol=2e-4)
    assert shares[2].tolist() == [1, 0, 0]
    np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_scheme_that_joins_classes_adds_their_probabilities(consensus):
    found, path = consensus
    shares = consensus_shares(path, labelled_of(ISA_SCHEMES["PrPo_Im"], ["tree 3"]))
    expected = found.consensus.model.probability[3]
    np.testing.assert_allclose(shares[0], [expected[0], expected[1:].sum()], atol=2e-4)


def test_a_file_of_other_trees_is_refused(consensus):
    with pytest.raises(DatasetError, match=r"none of 1.*--consensus-out"):
        consensus_shares(consensus[1], labelled_of(ISA_SCHEMES["Pr_Po_Im"], ["elsewhere"]))
