# with and its cleanup.
class M:
    def __enter__(self): return [1]
    def __exit__(self, *a): print('exit', a[0])
with M() as m, M(): print(m)  # expect: [1]
# expect: exit None
# expect: exit None
