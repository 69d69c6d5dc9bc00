# list[int] and its kind, and unions by |.
print(list[int], dict[str, int], tuple[int, ...], list[int].__origin__, list[int].__args__, list[int]() == [], type(list[int]), list[int] == list[int], hash(list[int]) == hash(list[int]))  # expect: list[int] dict[str, int] tuple[int, ...] <class 'list'> (<class 'int'>,) True <class 'types.GenericAlias'> True True
print(int | None, int | str | int, (int | str).__args__, int | list[int], type(int | str), (int | str) == (str | int), None | int)  # expect: int | None int | str (<class 'int'>, <class 'str'>) int | list[int] <class 'types.UnionType'> True None | int
from typing import TypeVar
T = TypeVar("T")
print(list[T][int], dict[T, str].__parameters__, list[T | None][int])  # expect: list[int] (~T,) list[typing.Optional[int]]
for f in (lambda: list[int][str], lambda: isinstance([], list[int]), lambda: issubclass(list, list[int]), lambda: int | 5, lambda: isinstance(1, int | list[int]), lambda: dict[T, T][int, str]):
    try:
        f()
    except TypeError as e:
        print(e)  # expect: list[int] is not a generic class
        # expect: isinstance() argument 2 cannot be a parameterized generic
        # expect: issubclass() argument 2 cannot be a parameterized generic
        # expect: unsupported operand type(s) for |: 'type' and 'int'
        # expect: Too many arguments for dict[~T, ~T]; actual 2, expected 1
