"""What dataset plugins share: annotation tables, folders of frames, pixels.

Nothing here knows a dataset by name; a plugin says which columns, folders and repairs are its own.
"""

from bench.data.reading.annotations import (
    action_units,
    clean,
    coded_units,
    gender,
    number,
    objective_class,
    subject_number,
)
from bench.data.reading.arrays import parse_arrays, read_arrays
from bench.data.reading.coded import AGREEMENT, CODED_FRAMES, THREE, FrameDataset, in_three
from bench.data.reading.coding import CODED, Coding, read_coding
from bench.data.reading.features import (
    FeatureDataset,
    FeatureTable,
    as_matrix,
    read_features,
)
from bench.data.reading.folders import find_home, find_tables, named_folders, subfolder, subfolders
from bench.data.reading.images import read_clip, read_frames, read_image
from bench.data.reading.indexing import build_index
from bench.data.reading.landmarks import read_landmarks, with_landmarks
from bench.data.reading.listing import Listing, list_frames, numbered, numbered_frames
from bench.data.reading.remarks import images_refused, some
from bench.data.reading.revisions import (
    Recognised,
    Revision,
    fingerprint,
    load_revisions,
    recognise,
)
from bench.data.reading.spans import Span, repair
from bench.data.reading.spellings import spelt
from bench.data.reading.tables import COLUMNS, Row, read_table
from bench.data.reading.units import unit_codes

VERSION = 1
"""Raised when the same files give other pixels: everything computed from them is made again."""

__all__ = [
    "AGREEMENT",
    "CODED",
    "CODED_FRAMES",
    "COLUMNS",
    "THREE",
    "VERSION",
    "Coding",
    "FeatureDataset",
    "FeatureTable",
    "FrameDataset",
    "Listing",
    "Recognised",
    "Revision",
    "Row",
    "Span",
    "action_units",
    "as_matrix",
    "build_index",
    "clean",
    "coded_units",
    "find_home",
    "find_tables",
    "fingerprint",
    "gender",
    "images_refused",
    "in_three",
    "list_frames",
    "load_revisions",
    "named_folders",
    "number",
    "numbered",
    "numbered_frames",
    "objective_class",
    "parse_arrays",
    "read_arrays",
    "read_clip",
    "read_coding",
    "read_features",
    "read_frames",
    "read_image",
    "read_landmarks",
    "read_table",
    "recognise",
    "repair",
    "some",
    "spelt",
    "subfolder",
    "subfolders",
    "subject_number",
    "unit_codes",
    "with_landmarks",
]
