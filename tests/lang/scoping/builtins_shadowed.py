# A module's name hides a builtin one; deleting it brings the builtin back.
print(len("abc"))  # expect: 3
len = lambda x: "mine"
print(len("abc"))  # expect: mine
del len
print(len("abc"))  # expect: 3
