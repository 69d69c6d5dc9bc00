# A date or time that cannot be is told by the field that is wrong.
from datetime import date, datetime, time
for make, fields in ((date, (2023, 2, 29)), (date, (2023, 13, 1)), (date, (0, 1, 1)), (date, (10000, 1, 1)),
                     (datetime, (2023, 1, 32)), (datetime, (2023, 1, 1, 24)), (time, (1, 60)), (time, (1, 1, 60)),
                     (time, (1, 1, 1, 1000000)), (date(2024, 1, 31).replace, (2024, 2)), (date, (2023, "1", 1))):
    try:
        make(*fields)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
# expect: ValueError day is out of range for month
# expect: ValueError month must be in 1..12
# expect: ValueError year 0 is out of range
# expect: ValueError year 10000 is out of range
# expect: ValueError day is out of range for month
# expect: ValueError hour must be in 0..23
# expect: ValueError minute must be in 0..59
# expect: ValueError second must be in 0..59
# expect: ValueError microsecond must be in 0..999999
# expect: ValueError day is out of range for month
# expect: TypeError 'str' object cannot be interpreted as an integer
try:
    datetime.strptime("2023-02-30", "%Y-%m-%d")
except ValueError as e:
    print(e)  # expect: day is out of range for month
