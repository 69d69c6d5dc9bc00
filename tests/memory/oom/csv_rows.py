# Rows of CSV are read and written.
import _csv
class Lines(list): write = list.append
_csv.register_dialect("own", delimiter=";", quotechar="'", doublequote=False, escapechar="\\", lineterminator="\n", quoting=_csv.QUOTE_MINIMAL)
lines = Lines()
writer = _csv.writer(lines, "own")
writer.writerows([["a;b", "it's", 5, None], [1.5, "x" * 300, "\u20ac"]])
print(len(lines), lines[0], end="")  # expect: 2 'a;b';it\'s;5;
rows = list(_csv.reader(lines, "own"))
print(rows[0], len(rows[1][1]), rows[1][2])  # expect: ['a;b', "it's", '5', ''] 300 €
_csv.unregister_dialect("own")
try:
    list(_csv.reader(['"a"b'], strict=True))
except _csv.Error as e:
    print(e)  # expect: ',' expected after '"'
