"""`bench data check`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from bench.cli.common import open_dataset, out, print_json
from bench.cli.complete import complete_datasets
from bench.cli.exits import FAILED
from bench.cli.options import Classes, Json, Plugin
from bench.data.check import check as check_dataset


def check(
    name: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="A configured dataset, or a composite such as casme2+samm.",
            autocompletion=complete_datasets,
        ),
    ],
    classes: Classes = None,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Check a dataset: what is missing, repaired or refused, and how to fix it.

    Exits with 1 when the dataset differs from the published counts.
    """
    report = check_dataset(open_dataset(name, plugin, classes))
    if json:
        print_json({**asdict(report), "problems": report.problems, "remedies": report.remedies})
    else:
        out().print(str(report), soft_wrap=True)
    if not report.good:
        raise SystemExit(FAILED)
