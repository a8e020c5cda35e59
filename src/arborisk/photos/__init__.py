"""Photo files: find them, decode them, read their headers, and tell which show the same picture."""

from arborisk.photos.copies import CopyPair, LocalFeatures, find_copies, local_features
from arborisk.photos.copy_search import CopySearch, copies_not_looked_for, found_search
from arborisk.photos.decode import DecodedPhoto, decode_photo, decoding, read_facts, read_photo
from arborisk.photos.examine import AlsoDo, ExaminedPhoto, examine_file, examine_files
from arborisk.photos.files import (
    PHOTO_SUFFIXES,
    FoundFiles,
    find_files,
    find_photos,
    passed_over_text,
    sha256_of,
)
from arborisk.photos.fingerprints import THUMBNAIL_SHAPE, perceptual_hash, thumbnail
from arborisk.photos.near_duplicates import NearDuplicate, find_near_duplicates
from arborisk.photos.problems import REASONS
from arborisk.photos.workers import map_photos, n_cores

__all__ = [
    "PHOTO_SUFFIXES",
    "REASONS",
    "THUMBNAIL_SHAPE",
    "AlsoDo",
    "CopyPair",
    "CopySearch",
    "DecodedPhoto",
    "ExaminedPhoto",
    "FoundFiles",
    "LocalFeatures",
    "NearDuplicate",
    "copies_not_looked_for",
    "decode_photo",
    "decoding",
    "examine_file",
    "examine_files",
    "find_copies",
    "find_files",
    "find_near_duplicates",
    "find_photos",
    "found_search",
    "local_features",
    "map_photos",
    "n_cores",
    "passed_over_text",
    "perceptual_hash",
    "read_facts",
    "read_photo",
    "sha256_of",
    "thumbnail",
]
