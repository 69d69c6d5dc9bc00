# deque, defaultdict, OrderedDict, Counter's helper and namedtuple's getter.
from _collections import OrderedDict, _count_elements, _tuplegetter, defaultdict, deque
d = deque(range(130), 100)
d.rotate(30)
d.extendleft([1, 2]); d.insert(50, "x") if len(d) < 100 else d.append("x")
d.remove("x")
print(len(d), d[0], d.count(1), list(d.copy())[-2:], deque("abc") + deque("d"))  # expect: 99 1 1 [96, 97] deque(['a', 'b', 'c', 'd'])
groups = defaultdict(list)
for n in range(20):
    groups[n % 3].append(n)
print(len(groups), groups[2][:3])  # expect: 3 [2, 5, 8]
o = OrderedDict((n, [n]) for n in range(20))
o.move_to_end(3); o.move_to_end(4, last=False); o.popitem()
print(list(o)[:3], list(reversed(o))[:2], o == OrderedDict(o))  # expect: [4, 0, 1] [19, 18] True
counts = {}
_count_elements(counts, "mississippi")
class Named(tuple): first = _tuplegetter(0, "the first")
print(counts, Named([5]).first)  # expect: {'m': 1, 'i': 4, 's': 4, 'p': 2} 5
