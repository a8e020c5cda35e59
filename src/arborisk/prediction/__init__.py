"""From photos to rows: likelihood of every photo of a folder, resumable, in flat memory."""

from arborisk.prediction.record import PhotoPrediction, PredictionSummary
from arborisk.prediction.run import predict_photos
from arborisk.prediction.table import OUT_SUFFIXES
from arborisk.prediction.trees import read_tree_ids

__all__ = [
    "OUT_SUFFIXES",
    "PhotoPrediction",
    "PredictionSummary",
    "predict_photos",
    "read_tree_ids",
]
