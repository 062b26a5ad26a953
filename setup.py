"""The top-level folders of plugins install as `bench.methods`, `bench.datasets`, ..."""

from setuptools import find_namespace_packages, setup

ROOMS = {
    "bench": "bench",
    "bench.methods": "methods",
    "bench.datasets": "datasets",
    "bench.replications": "replications",
}


def packages(name: str, folder: str) -> list[str]:
    return [name, *(f"{name}.{sub}" for sub in find_namespace_packages(folder))]


setup(
    package_dir=ROOMS,
    packages=sorted({p for room in ROOMS.items() for p in packages(*room)}),
)
