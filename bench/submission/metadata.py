"""Descriptions of a submission for other tools: Croissant of its tables, Zenodo's metadata."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from bench.submission.manifest import Claim, entry

CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "equivalentProperty": "cr:equivalentProperty",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""Of Croissant 1.0 (MLCommons, 2024): https://docs.mlcommons.org/croissant/docs/croissant-spec.html"""

LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}
"""Addresses of licences; of others the identifier's page."""


def title(cells: Sequence[Claim]) -> str:
    """What a submission is called."""
    methods = ", ".join(sorted({cell.method for cell in cells}))
    tasks = ", ".join(sorted({cell.task for cell in cells}))
    return f"Predictions of {methods} on {tasks}"


def description(cells: Sequence[Claim]) -> str:
    """What a submission holds, in a few sentences."""
    protocols = ", ".join(sorted({cell.protocol for cell in cells}))
    return (
        f"{title(cells)} ({protocols}), every held-out fold: class scores by clip id, made with "
        "mer-bench. No pixels, no frames. `bench verify` checks the files and runs folds again."
    )


def croissant(
    cells: Sequence[Claim],
    tables: Mapping[str, tuple[bytes, Mapping[str, type]]],
    licence: str,
    authors: Sequence[str],
) -> bytes:
    """The Croissant 1.0 description of tables of predictions.

    Args:
        cells: what they hold.
        tables: by path their content and the type of each column.
        licence: SPDX identifier.
        authors: may be empty.
    """
    body = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": re.sub(r"[^a-z0-9]+", "-", title(cells).lower()),
        "description": description(cells),
        "license": LICENCES.get(licence, f"https://spdx.org/licenses/{licence}.html"),
        "citeAs": f"{title(cells)}, made with mer-bench",
        "version": "1.0.0",
        **(
            {"creator": [{"@type": "sc:Person", "name": one} for one in authors]} if authors else {}
        ),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "encodingFormat": "text/csv",
                "sha256": entry(data).sha256,
                "contentSize": f"{len(data)} B",
            }
            for name, (data, _) in tables.items()
        ],
        "recordSet": [_records(name, columns) for name, (_, columns) in tables.items()],
    }
    return (json.dumps(body, indent=1) + "\n").encode()


TYPES = {str: "sc:Text", int: "sc:Integer", float: "sc:Float"}


def _records(file: str, columns: Mapping[str, type]) -> dict[str, object]:
    name = file.rpartition("/")[2].removesuffix(".csv")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": "A row per clip, method and seed.",
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column}",
                "name": column,
                "description": COLUMNS.get(column, "score of a class, the highest is predicted"),
                "dataType": TYPES[kind],
                "source": {"fileObject": {"@id": file}, "extract": {"column": column}},
            }
            for column, kind in columns.items()
        ],
    }


COLUMNS = {
    "clip": "id: database, subject and name",
    "subject": "whose clip it is, with its database",
    "fold": "what was held out when the clip was predicted",
    "truth": "annotated class",
    "predicted": "class with the highest score",
    "task": "dataset and classes",
    "data": "fingerprint of clips, bytes and labels",
    "protocol": "how clips were split",
    "method": "name of the method and its variant",
    "preset": "its configuration",
    "seed": "of all random numbers",
    "selection": "how the training step was chosen",
    "source": "where imported predictions are from",
}


def zenodo(cells: Sequence[Claim], licence: str, authors: Sequence[str]) -> bytes:
    """`.zenodo.json`: the metadata of a deposit of the zipped folder."""
    body = {
        "title": title(cells),
        "upload_type": "dataset",
        "description": description(cells),
        "license": licence.lower(),
        "creators": [{"name": one} for one in authors],
        "keywords": ["micro-expression recognition", "predictions", "leave-one-subject-out"],
    }
    if not authors:
        del body["creators"]
    return (json.dumps(body, indent=1) + "\n").encode()
