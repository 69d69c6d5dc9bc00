# Line numbers are right everywhere in a long function, however they are asked for.
import sys
import traceback

seen = []


def note():
    seen.append(sys._getframe(1).f_lineno)


source = "def long(note):\n" + "    x = [\n 1,\n note()]\n" * 300 + "    try:\n        1 / 0\n    finally:\n        note()\n"
names = {}
exec(source, names)
try:
    names["long"](note)
except ZeroDivisionError as e:
    print(e.__traceback__.tb_next.tb_lineno)  # expect: 903
print(seen == [4 + 3 * n for n in range(300)] + [905])  # expect: True
