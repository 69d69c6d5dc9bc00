# Generic aliases, unions and classes with type variables.
from typing import Generic, NamedTuple, Optional, TypeVar, get_type_hints
T = TypeVar("T")
class Box(Generic[T]):
    item: Optional[T]
    def put(self: "Box[T]", item: T) -> "list[T] | None": ...
class Pair(NamedTuple):
    left: int
    right: str = "r"
print(Box[int], list[int | None], get_type_hints(Box.put)["return"], Pair(1), isinstance(5, int | str))
# expect: __main__.Box[int] list[int | None] list[~T] | None Pair(left=1, right='r') True
