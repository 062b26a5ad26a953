"""Top-level `methods/` and `datasets/` install as `bench.methods` and `bench.datasets`.

`results/published.csv` goes along as data of `bench.results`; nothing else of that folder does.
"""

from setuptools import find_namespace_packages, setup

ROOMS = {"bench": "bench", "bench.methods": "methods", "bench.datasets": "datasets"}
DATA = {"bench.results": "results"}


def packages(name: str, folder: str) -> list[str]:
    return [name, *(f"{name}.{sub}" for sub in find_namespace_packages(folder))]


setup(
    package_dir=ROOMS | DATA,
    packages=[p for room in ROOMS.items() for p in packages(*room)] + list(DATA),
)
