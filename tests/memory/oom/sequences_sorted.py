# heapq, bisect, sorted with keys, min, max, zip and enumerate of what grows.
import _bisect, _heapq, _operator
heap = []
for n in (5, 3, 8, 1, 9, 2, 7):
    _heapq.heappush(heap, (n, [n]))
print([_heapq.heappop(heap)[0] for _ in range(4)], _heapq.heapreplace(heap, (0, 0))[0])  # expect: [1, 2, 3, 5] 7
found = []
for word in "the quick brown fox jumps over the lazy dog".split():
    _bisect.insort_right(found, word, key=len)
print(found[:4], sorted(found, key=_operator.itemgetter(0), reverse=True)[:3])  # expect: ['the', 'fox', 'the', 'dog'] ['the', 'the', 'quick']
print(dict(zip(found, enumerate(map(str.upper, found))))["fox"], max(found, key=len), _operator.methodcaller("join", "ab")("-"))  # expect: (1, 'FOX') quick a-b
