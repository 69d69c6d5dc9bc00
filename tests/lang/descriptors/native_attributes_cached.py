# A native attribute that is read again and again in one place: of other kinds of objects, through changes of the class.
from datetime import date, datetime


class Day(date):
    pass


class Named(date):
    year = "own"


def years(objects):
    return [o.year for o in objects]


class Plain:
    year = 7


objects = [date(1, 1, 1), datetime(2, 1, 1), Day(3, 1, 1), Named(4, 1, 1), Plain(), Day(5, 1, 1)]
print(years(objects))               # expect: [1, 2, 3, 'own', 7, 5]
print(years(objects))               # expect: [1, 2, 3, 'own', 7, 5]
Day.year = property(lambda self: "property")
print(years(objects))               # expect: [1, 2, 'property', 'own', 7, 'property']
del Day.year, Named.year
print(years(objects))               # expect: [1, 2, 3, 4, 7, 5]
objects[0] = None
try:
    years(objects)
except AttributeError as e:
    print(e)                        # expect: 'NoneType' object has no attribute 'year'
Day.year = 8
print(years(objects[2:]))           # expect: [8, 4, 7, 8]


def dicts(o):
    return [o.__dict__ for n in range(3)]


plain = Plain()
print(dicts(plain)[0] is dicts(plain)[2], dicts(Day(1, 1, 1)))  # expect: True [{}, {}, {}]
plain.__dict__["x"] = 1
print(plain.x, dicts(plain)[1])     # expect: 1 {'x': 1}
