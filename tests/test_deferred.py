"""A deferred package runs when it is used, and is then what it always is."""

import subprocess
import sys

import pytest

USES = {
    "an attribute": "import numpy as np; np.array([1])",
    "a name": "from numpy import array",
    "a submodule": "import numpy.typing",
    "a name of a submodule": "from numpy.typing import NDArray",
    "a package built on it": "import scipy.sparse",
}


def run(code: str) -> str:
    start = "import sys; from bench.core.deferred import defer; defer('numpy')\n"
    return subprocess.run(
        [sys.executable, "-c", start + code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_importing_it_runs_nothing():
    assert run("import numpy as np; import numpy; print('numpy.linalg' in sys.modules)") == "False"


@pytest.mark.parametrize("use", USES)
def test_using_it_runs_it_once(use):
    code = (
        "import numpy as first\n"
        f"{USES[use]}\n"
        "import numpy\n"
        "print(numpy is first, type(numpy).__name__, numpy.linalg.norm([3, 4]))"
    )
    assert run(code) == "True module 5.0"


def test_threads_find_it_whole_once_it_is_loaded():
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from bench.core.deferred import load\n"
        "import numpy as np\n"
        "load('numpy'); load('json')\n"
        "def number(n): return int(np.array(n))\n"
        "with ThreadPoolExecutor(8) as pool: print(sum(pool.map(number, range(9))))"
    )
    assert run(code) == "36"


def test_what_is_imported_or_absent_is_left_alone():
    code = (
        "import json; before = sys.modules['json']; defer('json'); defer('nosuchpackage')\n"
        "print(sys.modules['json'] is before, 'nosuchpackage' in sys.modules)"
    )
    assert run(code) == "True False"
