# Ints and floats are sorted, and the least and greatest found, by their exact values.
import random
random.seed(3)
nan, inf = float("nan"), float("inf")
numbers = [0.0, -0.0, 1, 1.0, 0.1, -0.1, 5e-324, -5e-324, 1e308, -1e308, inf, -inf, 2 ** 53, 2.0 ** 53,
           -2 ** 53, 3, 2.5, -7, 1e-200, True]
big = numbers + [2 ** 53 + 1, -2 ** 53 - 1, 2 ** 70, -2 ** 70, 2.0 ** 70]
for items in (numbers, big, [x / 7 for x in range(50)], [0.0] * 30 + [1, 2.0]):
    for _ in range(20):
        random.shuffle(items)
        slow = list(items)
        for i in range(1, len(slow)):
            for j in range(i, 0, -1):
                if not slow[j] < slow[j - 1]:
                    break
                slow[j], slow[j - 1] = slow[j - 1], slow[j]
        assert list(map(repr, sorted(items))) == list(map(repr, slow))
        assert repr(sorted(items, key=lambda x: (x,))) == repr(slow)
        assert repr(min(items)) == repr(min(*items)) == repr(slow[0])
        assert max(items) == max(*items) == slow[-1]
        assert repr(max(items, key=lambda x: -x)) == repr(slow[0])
print(sorted([2, 1.5, True, 0.5]), sorted([3, 1.0, 2], reverse=True))
# expect: [0.5, True, 1.5, 2] [3, 2, 1.0]
print(min(nan, 1), min(1, nan), max(1, 1.0), max(1.0, 1), min(2, 1, 0.5), max("b", "a"))
# expect: nan 1 1 1.0 0.5 b
try:
    min(1, "a")
except TypeError as e:
    print(e)  # expect: '<' not supported between instances of 'str' and 'int'
try:
    max(1, "a", None)
except TypeError as e:
    print(e)  # expect: '>' not supported between instances of 'str' and 'int'


class F(float):
    def __lt__(self, other): return float(self) > float(other)


print(sorted([F(1), F(3), F(2)]), sorted([F(1), 3.0]))  # expect: [3.0, 2.0, 1.0] [1.0, 3.0]
for a in (7, -7, 0, 2 ** 61, -2 ** 61, 2 ** 62, 2 ** 64):
    for b in (3, -3, 1, -1, 2 ** 61, -2 ** 62, 2 ** 65):
        q, r = divmod(a, b)
        assert q * b + r == a and (0 <= r < b or b < r <= 0) and (q, r) == (a // b, a % b), (a, b)
print(divmod(7, -2), divmod(True, 2), divmod(-2 ** 62, -1))
# expect: (-4, -1) (0, 1) (4611686018427387904, 0)
try:
    divmod(1, 0)
except ZeroDivisionError as e:
    print(e)  # expect: integer division or modulo by zero
