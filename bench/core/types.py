"""The types that every room shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[Any]
    Description: TypeAlias = Array | dict[str, Array]
else:
    # numpy takes half as long to import as all the rest of a listing: named here, not imported.
    Array = "numpy.typing.NDArray[Any]"
    Description = "Array | dict[str, Array]"

ApexPolicy = Literal["given", "middle", "spotted"]
ApexSource = Literal["given", "spotted", "middle", "absent"]
Gender = Literal["female", "male"]
