"""What dataset plugins share: annotation tables, folders of frames, pixels.

Nothing here knows a dataset by name; a plugin says which columns, folders and repairs are its own.
"""

from bench.data.reading.annotations import (
    action_units,
    clean,
    gender,
    number,
    objective_class,
    subject_number,
)
from bench.data.reading.coded import AGREEMENT, CODED, THREE, FrameDataset, in_three
from bench.data.reading.folders import (
    find_home,
    find_tables,
    named_folders,
    numbered_frames,
    subfolders,
)
from bench.data.reading.images import read_clip, read_frames, read_image
from bench.data.reading.indexing import build_index, read_annotations
from bench.data.reading.landmarks import with_landmarks
from bench.data.reading.spans import Span, repair
from bench.data.reading.tables import COLUMNS, Row, read_table

__all__ = [
    "AGREEMENT",
    "CODED",
    "COLUMNS",
    "THREE",
    "FrameDataset",
    "Row",
    "Span",
    "action_units",
    "build_index",
    "clean",
    "find_home",
    "find_tables",
    "gender",
    "in_three",
    "named_folders",
    "number",
    "numbered_frames",
    "objective_class",
    "read_annotations",
    "read_clip",
    "read_frames",
    "read_image",
    "read_table",
    "repair",
    "subfolders",
    "subject_number",
    "with_landmarks",
]
