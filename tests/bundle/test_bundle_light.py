"""The base install opens bundles and predicts: no training library is imported on the way."""

import subprocess
import sys

PROGRAM = """
import sys
for name in ("torch", "sklearn", "scipy", "matplotlib", "onnx", "jinja2", "pyarrow", "imagehash"):
    sys.modules[name] = None  # importing it fails
from pathlib import Path
from arborisk.bundle.load import load_bundle
from arborisk.prediction.run import predict_photos
summary = predict_photos(load_bundle(Path(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
print(summary.n_photos, summary.n_failed)
"""


def test_predicting_needs_the_base_install_only(fake_bundle, tmp_path):
    from PIL import Image

    photos = tmp_path / "photos"
    photos.mkdir()
    Image.new("RGB", (64, 48), (40, 90, 30)).save(photos / "tree.jpg")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, fake_bundle, photos, tmp_path / "out.csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("1 0", "")
