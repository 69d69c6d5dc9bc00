# A comparison that changes the dict does not break it.
class K:
    def __init__(self, d): self.d = d
    def __hash__(self): return 1
    def __eq__(self, other):
        self.d.clear()
        return False
d = {}
d[K(d)] = 1
print(d.get(K(d)), len(d))  # expect: None 0
for i in range(20): d[i] = i
print(len(d) > 0)  # expect: True
