# What a module still holds at the end is finalised then.
class N:
    def __del__(self): print("gone at exit")
n = N()
print("last line")  # expect: last line
# expect: gone at exit
