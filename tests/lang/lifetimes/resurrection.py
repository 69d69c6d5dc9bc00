# An object that __del__ keeps alive lives on, and is finalised only once.
saved = []
class N:
    def __del__(self):
        print("del")
        saved.append(self)
n = N()
del n  # expect: del
print(len(saved))  # expect: 1
saved.clear()
print("end")  # expect: end
