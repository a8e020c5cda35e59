"""From photos to rows: likelihood of every photo of a folder, resumable, in flat memory."""

from arborisk.prediction.answers import Answering
from arborisk.prediction.options import AnswerOptions, parse_prevalence
from arborisk.prediction.record import PhotoPrediction
from arborisk.prediction.referral import Finding, Referral
from arborisk.prediction.run import predict_photos, trees_path
from arborisk.prediction.summary import PredictionSummary
from arborisk.prediction.table import OUT_SUFFIXES
from arborisk.prediction.trees import read_tree_ids

__all__ = [
    "OUT_SUFFIXES",
    "AnswerOptions",
    "Answering",
    "Finding",
    "PhotoPrediction",
    "PredictionSummary",
    "Referral",
    "parse_prevalence",
    "predict_photos",
    "read_tree_ids",
    "trees_path",
]
