# An object with __del__.
class C:
    def __del__(self): print('del')
c = C()
c = [C()]  # expect: del
c.clear()  # expect: del
print('end')  # expect: end
