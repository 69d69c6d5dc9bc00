# Caches, partial functions, reductions, single keys.
from _functools import cmp_to_key, partial, reduce
import functools
@functools.lru_cache(maxsize=5)
def square(n, *, more=()): return [n * n, more]
for n in (1, 2, 3, 1, 4, 5, 6, 7, 1):
    square(n, more=(n,))
print(square.cache_info())  # expect: CacheInfo(hits=2, misses=7, maxsize=5, currsize=5)
@functools.cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60), partial(partial(print, 1, sep="-"), 2)(3))
# expect: 1-2-3
# expect: 1548008755920 None
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)), reduce(lambda a, b: a + [b], range(4), []))  # expect: [3, 2, 1] [0, 1, 2, 3]
