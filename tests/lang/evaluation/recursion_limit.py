# sys.setrecursionlimit refuses what is too low, and counts its own call.
import sys

for limit in (0, -1, 1, 2, 1.5, 10**10):
    try:
        sys.setrecursionlimit(limit)
    except Exception as e:
        print(type(e).__name__, e)
# expect: ValueError recursion limit must be greater or equal than 1
# expect: ValueError recursion limit must be greater or equal than 1
# expect: RecursionError cannot set the recursion limit to 1 at the recursion depth 2: the limit is too low
# expect: RecursionError cannot set the recursion limit to 2 at the recursion depth 2: the limit is too low
# expect: TypeError 'float' object cannot be interpreted as an integer
# expect: OverflowError Python int too large to convert to C int


def nest(depth):
    if depth:
        return nest(depth - 1)
    sys.setrecursionlimit(20)


try:
    nest(30)
except RecursionError as e:
    print(e)  # expect: cannot set the recursion limit to 20 at the recursion depth 33: the limit is too low

deepest = 0


def count(depth):
    global deepest
    deepest = depth
    count(depth + 1)


for limit in (100, 1000, 5000):
    sys.setrecursionlimit(limit)
    try:
        count(1)
    except RecursionError as e:
        print(limit - deepest, e)
# expect: 1 maximum recursion depth exceeded
# expect: 1 maximum recursion depth exceeded
# expect: 1 maximum recursion depth exceeded
