"""The only definition of photo -> array: crop, cubic resampling, grey or RGB, scaling; cached."""

from arborisk.preprocess.ahead import PrepareAhead
from arborisk.preprocess.files import prepare_files, prepare_many
from arborisk.preprocess.prepare import (
    DECODE_MARGIN,
    photo_seed,
    prepare_file,
    prepare_image,
    prepare_together,
)
from arborisk.preprocess.settings import PreprocessSettings

__all__ = [
    "DECODE_MARGIN",
    "PrepareAhead",
    "PreprocessSettings",
    "photo_seed",
    "prepare_file",
    "prepare_files",
    "prepare_image",
    "prepare_many",
    "prepare_together",
]
