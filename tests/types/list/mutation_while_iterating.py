# An iterator sees what its list is now; once exhausted it stays so.
l = [1, 2, 3]
it = iter(l)
print(next(it)); l.insert(0, 0); print(next(it)); l.clear(); print(list(it))  # expect: 1
# expect: 1
# expect: []
l.extend([1, 2, 3, 4, 5]); print(list(it))  # expect: []
class Evil:
    def __eq__(self, other):
        l.clear()
        return False
l = [Evil(), Evil(), 3]
print(3 in l, l)  # expect: False []
l = [Evil(), 1]
try:
    l.remove(5)
except ValueError as e:
    print(e)  # expect: list.remove(x): x not in list
