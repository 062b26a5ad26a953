"""Words of a board that several formats share: scores, times, captions, published results."""

from __future__ import annotations

from bench.board.board import Table
from bench.board.contract import beyond_count, clips_text
from bench.board.notes import brief_note, note_text
from bench.core.file_names import safe
from bench.evaluation.notes import SamePeople
from bench.evaluation.row import Row, Score
from bench.literature.comparison import Comparison


def part_names(table: Table) -> list[str]:
    """Names of the databases of a composite; none for a single one."""
    return sorted({part for row in (*table.rows, *table.test_best) for part in row.parts})


def place(row: Row) -> str:
    """The rank, with a dagger where others only report what it rests on."""
    if row.reference:
        return "ref"
    return "–" if row.rank is None else f"{row.rank}{'' if row.vouched else '†'}"


def row_clips(table: Table, row: Row) -> str:
    """The clips that a row is scored on, of those there should be: "20 of 246"."""
    contract = table.contract
    # A task file from before contracts were kept says nothing of other clips.
    if not contract.clips:
        return str(row.clips)
    return (
        clips_text(contract) if row.clips == contract.clips else f"{row.clips} of {contract.clips}"
    )


def number(value: float) -> str:
    """A fraction to three decimals without its zero; a dash where there is none."""
    # NaN: the recall of a class without clips.
    if value != value:
        return "–"
    # Not from 1 on, because the "0." of "10.500" is no leading zero.
    return f"{value:.3f}".replace("0.", ".", 1) if value < 1 else f"{value:.3f}"


def score_text(score: Score | None) -> str:
    """Value, interval over subjects, spread over seeds: .621 [.541, .690] ±.012."""
    if score is None:
        return "–"
    spread = "" if score.spread is None else f" ±{number(score.spread)}"
    return interval_text(score) + spread


def interval_text(score: Score) -> str:
    """Value and interval over subjects: .621 [.541, .690]."""
    if score.low is None or score.high is None:
        return number(score.value)
    return f"{number(score.value)} [{number(score.low)}, {number(score.high)}]"


def selected_text(row: Row, other: Score | None) -> str:
    """UF1 at another checkpoint than the last, and what the choice adds: .842 (+.136)."""
    if other is None:
        return "–"
    return f"{number(other.value)} ({signed(other.value - row.scores['uf1'].value)})"


def seconds(value: float | None) -> str:
    """A duration with a sensible unit."""
    if value is None:
        return "–"
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"


def fit_time(row: Row) -> str:
    """Time of a fit and its device: "4.2 s cpu"; for each device where there are several."""
    if len(row.fit_times) < 2:
        return " ".join([seconds(row.fit_seconds), *(t.device for t in row.fit_times if t.device)])
    return ", ".join(
        f"{seconds(one.seconds)} {one.device or 'unknown device'} ({one.folds} folds)"
        for one in row.fit_times
    )


def place_name(table: Table) -> str:
    """A task, protocol and data as a part of file names, unique in a folder of boards."""
    return f"{safe(table.task)}-{safe(table.protocol, ':')}-{safe(table.fingerprint)}"


def picture_name(row: Row) -> str:
    """File name of the picture of a row's epochs, unique in a folder of boards."""
    return f"epochs-{safe(row.label, ':')}-{safe(row.family)}.png"


def caption(table: Table) -> str:
    """What a reader must know of the task, in a sentence or two."""
    classes = ", ".join(f"{n} {c}" for n, c in zip(table.classes, table.counts, strict=True))
    made = f"{STAND_INS} " if table.synthetic else ""
    beyond = beyond_count(table.contract)
    contract = f" Clips: {beyond}." if beyond else ""
    apart = f" {table.apart}" if table.apart else ""
    # Told by its rows: a table of foreign words is to be shown as well.
    notes = [note for row in (*table.rows, *table.test_best) for note in row.notes]
    shared = f" {SAME_PEOPLE}" if any(isinstance(note, SamePeople) for note in notes) else ""
    return (
        f"{made}{sum(table.counts)} clips of {table.subjects} subjects ({classes}); protocol "
        f"{table.protocol}; apex: {table.apex}; data {table.fingerprint}.{shared}{contract}{apart}"
    )


STAND_INS = (
    "SYNTHETIC stand-ins, not real faces: these numbers show whether a pipeline works, not how a "
    "method ranks on real data."
)
SAME_PEOPLE = (
    "A diagnostic: each clip is tested by what was trained on all others, those of the same person "
    "among them. Nothing here is ranked, or comparable with leaving subjects out."
)
PUBLISHED = ("method", "part", "published", "ours", "difference", "epoch", "certainty", "source")
ELSEWHERE = ("method", "published", "epoch", "certainty", "source")
COMPARED = ("method", "published", "ours – published", "epoch", "remarks")
NAMES = {"uf1": "UF1", "uar": "UAR", "accuracy": "accuracy", "f1": "F1"}


def compared(table: Table) -> list[list[str]]:
    """Published results of the methods of the table on its clips, a word for each of `COMPARED`."""
    return [
        [
            one.label or "",
            _values({name: one.published[name] for name in printed(one)}),
            _differences(one, most=1),
            one.selection,
            "; ".join(filter(None, map(brief_note, one.caveats))) or "–",
        ]
        for one in table.published
        if one.label is not None and one.part == "full"
    ]


def printed(one: Comparison) -> list[str]:
    """The metrics of the narrow table; of a source without UF1 its F1."""
    wanted = ("uf1", "uar", "accuracy") if "uf1" in one.published else ("f1", "uar", "accuracy")
    return [name for name in wanted if name in one.published]


def beside(table: Table) -> list[list[str]]:
    """Published results of methods that were run here, a word for each of `PUBLISHED`."""
    return [
        [
            f"{one.name} / {one.label}",
            "all" if one.part == "full" else one.part,
            _values(one.published),
            _values({name: score.value for name, score in one.ours.items()}),
            _differences(one),
            one.selection,
            one.certainty,
            _source(one),
        ]
        for one in table.published
        if one.label is not None
    ]


def elsewhere(table: Table) -> list[list[str]]:
    """Published results of methods that were not run here, a word for each of `ELSEWHERE`."""
    return [
        [one.name, _values(one.published), one.selection, one.certainty, _source(one)]
        for one in table.published
        if one.label is None
    ]


def _source(one: Comparison) -> str:
    """Where a result is printed, and why it may differ from ours."""
    return "; ".join([one.source, *map(note_text, one.caveats)])


def _values(values: dict[str, float]) -> str:
    return ", ".join(f"{NAMES[name]} {number(value)}" for name, value in values.items()) or "–"


def _differences(one: Comparison, most: int | None = None) -> str:
    """Ours minus theirs; the interval is that of ours, the published value taken as exact."""
    if one.certainty == "unverified":
        return "not compared: no source that can be opened" if most is None else "–"
    words = []
    for name, ours in list(one.ours.items())[:most]:
        theirs = one.published[name]
        text = f"{NAMES[name]} {signed(ours.value - theirs)}"
        if ours.low is not None and ours.high is not None:
            text += f" [{signed(ours.low - theirs)}, {signed(ours.high - theirs)}]"
        words.append(text)
    return ", ".join(words) or "–"


def signed(value: float) -> str:
    """A difference of fractions to three decimals: +.012, -.300."""
    return f"{value:+.3f}".replace("0.", ".", 1)


TEST_BEST = "Epoch chosen on the test subjects"
TEST_BEST_NOTE = (
    "Imported predictions whose epoch was selected on the held-out subjects themselves "
    "(`--selection test-best`). Such scores show how far selection goes; no other row can be "
    "compared with them."
)

LEGEND = (
    "Predictions of all folds are pooled, then scored once. Brackets: 95 % confidence interval "
    "over subjects. A rank is 1 plus the number of methods that are significantly better in "
    "UF1; `ref` rows are controls and ceilings, and are never ranked."
)

READING = {
    "intervals": "subjects are resampled 10,000 times, with all seeds of a subject together; "
    "`UF1 ± seeds` is the standard deviation over seeds.",
    "#": "the rank; methods are compared by paired permutations over subjects, Holm-corrected. Of "
    "two methods that cannot be told apart, one may have a better one above it that the other has "
    "not, and so the worse rank in spite of the higher score. Rows below the ranked ones are "
    "incomplete, outdated, of "
    "`published weights`, which were trained elsewhere, or there for their oracle score. A rank "
    "that rests on folds which only others report has a dagger (†).",
    "F1": "the macro F1, which is UF1 unless a class has no clip; it has a column where they "
    "differ.",
    "a/b/c UF1": "of each database of a composite, in the order of the heading; recall likewise of "
    "each class.",
    "fit/fold": "wall time on one thread.",
    "inner UF1, oracle UF1": "scores are those of the last checkpoint, except for these two "
    "columns of traced runs (`bench run --trace`), each with its gain over the last checkpoint in "
    "parentheses: the checkpoint selected on inner folds of each fold's training subjects "
    "(`--inner 5`; a dash if not run), and the one that is best on each held-out subject, which "
    "shows how much such selection gains. Neither is ranked.",
    "same person (chance)": "share of clips whose nearest neighbour in the method's features "
    "(Euclidean distance) is of the same person, and the share expected of neighbours drawn at "
    "random.",
    "LOVO − LOSO": "the UF1 of leaving out one clip (`--protocol lovo`), with other clips of the "
    "same person in training, less that of leaving out one subject; where both were run.",
    "provenance": "that of a row's weakest fold: `run` by whoever made this board; `reproduced`: "
    "made by others and rerun here with equal predictions; `reported` by others; `unsealed`: in "
    "files of an older format, whose changes do not show.",
    "external": "predictions imported from a file (`bench results import`); how they were made is "
    "as stated by whoever imported them. They agree with the task's true classes, are scored like "
    "ours, and are never ranked; where they lack clips, the notes say how many they have "
    "(`435 of 442 clips`).",
}
"""What a reader may look up, by column."""
