"""CASME II: 255 clips of 26 subjects at 200 frames a second, with action units and apex."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bench import DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import megc2019, reading

CLIPS = 255
EXTRA = ("24", "EP02_07")
SEVEN = ("disgust", "fear", "happiness", "others", "repression", "sadness", "surprise")
FIVE = ("disgust", "happiness", "others", "repression", "surprise")
OBJECTIVE = ("I", "II", "III", "IV", "V")
MEGC_2019 = reading.in_three("disgust", "repression")
OBJECTIVE_TABLE = "CASME2-ObjectiveClasses.xlsx"
REVISIONS = Path(__file__).with_suffix(".toml")


class Casme2(reading.FrameDataset):
    """CASME II, raw or cropped."""

    name = "casme2"
    ships = reading.CODED_FRAMES
    facts = DatasetFacts(
        title="CASME II",
        paper="Yan, Li, Wang, Zhao, Liu, Chen, Fu: CASME II: An Improved Spontaneous "
        "Micro-Expression Database and the Baseline Evaluation, PLoS ONE 9(1)",
        year=2014,
        url="http://fu.psych.ac.cn/CASME/casme2-en.php",
        licence=reading.AGREEMENT,
        layout="Cropped/sub01/EP02_01f/reg_img46.jpg\n"
        "CASME2_RAW_selected/sub01/EP02_01f/img46.jpg   (instead of Cropped)\n"
        "CASME2-coding-20140508.xlsx   (or -20190701)\n"
        "CASME2-ObjectiveClasses.xlsx   (optional)",
        quirks=(
            "If both cropped and raw frames are present, the cropped ones are used.",
            "Depending on the copy, subjects are text (01) or integers (1); both become 01.",
            "Some copies have a 256th row, 24/EP02_07; it is ignored.",
            "The apex of 04/EP12_01f is a slash, so it has none; MEGC 2019 excludes the clip.",
            "The apex of 05/EP09_05f equals its onset; it is kept. MEGC 2019 excludes the clip.",
            "The table of 2019 says surprise, not sadness, of 24/EP07_01, 24/EP07_04f and "
            "24/EP10_03: 249 clips in 5 classes and 148 in 3. The revision is recognised by these "
            "clips, and a task carries it (casme2/5@2014).",
            "Objective classes are in a separate table, placed next to the main one. Their counts "
            "(185 clips in I to V, as in MEGC 2018) are not confirmed by a public source. Without "
            "it those in the table of 2019 are used, which differ on 37 clips (30, 18, 93, 15 and "
            "18 clips in I to V).",
            "Folders not listed in the table are ignored.",
        ),
    )
    labellings = {
        "5": Labelling.by_word(
            FIVE,
            expected=(63, 32, 99, 27, 25),
            subjects=26,
            revised={"2019": (63, 32, 99, 27, 28)},
        ),
        "3": Labelling(
            classes=reading.THREE,
            of=MEGC_2019,
            without=frozenset({"casme2/04/EP12_01f", "casme2/05/EP09_05f"}),
            expected=(88, 32, 25),
            subjects=24,
            revised={"2019": (88, 32, 28)},
        ),
        "7": Labelling.by_word(
            SEVEN,
            expected=(63, 2, 32, 99, 27, 7, 25),
            subjects=26,
            revised={"2019": (63, 2, 32, 99, 27, 4, 28)},
        ),
        "objective": Labelling.by_word(
            OBJECTIVE,
            "objective",
            expected=(25, 15, 99, 26, 20),
            revised={"2019": (30, 18, 93, 15, 18)},
        ),
    }

    def index(self) -> Index:
        """The clips of the coding table."""
        require_root(self.root, self.name)
        home = reading.find_home(self.root, lambda name: bool(_subject(name)), ("crop", "casme2"))
        if home is None:
            raise DataError(
                f"casme2: no folders sub01, sub02, ... within two levels of {self.root}"
            )
        coding = reading.read_coding(
            self.root,
            home,
            r"cod|casme.?2.*\.csv",
            "CASME2-coding-20140508.xlsx",
            never="objective",
        )
        rows, extra = _without_extra([_named(row) for row in coding.rows])
        table = _objective_table(self.root, home)
        classes = {} if table is None else _objective_classes(table)
        classed = [row | {"objective": classes.get(_key(row), row["objective"])} for row in rows]
        folders = _folders(home)
        index = reading.build_index(
            self.name,
            classed,
            lambda row: folders.get(_key(row)),
            self.root,
            expected=CLIPS,
            words=self.words(),
            rate=200,
        )
        index = replace(index, dropped=(*index.dropped, *extra))
        if not self.synthetic:
            found = reading.recognise(rows, reading.load_revisions(REVISIONS))
            index = replace(
                index,
                revision=found.name,
                notes=(*found.notes, *_objective_notes(rows, table, classes), *index.notes),
                problems=(*found.problems, *index.problems),
            )
        return coding.described(index, rows)

    def official(self, labelling: str) -> Mapping[str, str]:
        """The clips of MEGC 2019."""
        return megc2019.official(self.name) if labelling == "3" else {}


def _subject(text: str) -> str:
    number = reading.subject_number(text, "sub(?:ject)?[ _-]?|s")
    return f"{number:02d}" if number else ""


def _named(row: reading.Row) -> reading.Row:
    return row | {"subject": _subject(row["subject"])}


def _key(row: reading.Row) -> tuple[str, str]:
    return row["subject"], row["name"].lower()


def _folders(home: Path) -> dict[tuple[str, str], Path]:
    return {
        (subject, clip.name.strip().lower()): clip
        for person in reading.subfolders(home)
        if (subject := _subject(person.name))
        for clip in reading.subfolders(person)
    }


def _without_extra(rows: list[reading.Row]) -> tuple[list[reading.Row], tuple[str, ...]]:
    """Leave the 256th row out of the copies that have it."""
    # Copies differ in their rows: where there is no surplus, none is taken out.
    if len({(row["subject"], row["name"]) for row in rows}) <= CLIPS:
        return rows, ()
    kept = [row for row in rows if (row["subject"], row["name"]) != EXTRA]
    note = f"casme2/{'/'.join(EXTRA)}: a 256th row, not among the {CLIPS} published"
    return kept, (note,) if len(kept) < len(rows) else ()


def _objective_table(root: Path, home: Path) -> Path | None:
    """The separate table of objective classes: optional, since the main one may have them too."""
    return next(iter(reading.find_tables(root, home, "objective")), None)


def _objective_classes(table: Path) -> dict[tuple[str, str], str]:
    """Objective class by clip."""
    rows = [_named(row) for row in reading.read_table(table, ("subject", "name", "objective"))]
    return {
        _key(row): row["objective"] for row in rows if reading.objective_class(row["objective"])
    }


def _objective_notes(
    rows: list[reading.Row], table: Path | None, classes: Mapping[tuple[str, str], str]
) -> tuple[str, ...]:
    """Where objective classes come from, where there are several sources of them."""
    own = {_key(row): word for row in rows if (word := reading.objective_class(row["objective"]))}
    if not own:
        return ()
    if table is None:
        return (
            "objective classes are those in the coding table; MEGC 2018 counts 25, 15, 99, 26 and "
            f"20 clips in I to V, as in {OBJECTIVE_TABLE}, from which the coding table of 2019 "
            "differs on 37 clips (30, 18, 93, 15 and 18)",
        )
    differing = [
        "/".join(key)
        for key in sorted(own.keys() & classes.keys())
        if own[key] != reading.objective_class(classes[key])
    ]
    named = f", on {len(differing)} clips: {', '.join(differing)}" if differing else " nowhere"
    return (f"objective classes are those of {table.name}; the coding table differs{named}",)
