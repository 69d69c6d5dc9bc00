# Subclasses of datetime, date and tzinfo, with arithmetic that calls them.
import _datetime as d
class Zone(d.tzinfo):
    def utcoffset(self, when): return d.timedelta(hours=1)
    def dst(self, when): return d.timedelta(0)
    def tzname(self, when): return "a%b"
class Moment(d.datetime): pass
class Day(d.date): pass
when = Moment(2020, 12, 31, 23, tzinfo=Zone())
print(when + d.timedelta(hours=2), type(when + d.timedelta(1)).__name__)  # expect: 2021-01-01 01:00:00+01:00 Moment
print(when.astimezone(d.UTC), when == when.astimezone(d.UTC))  # expect: 2020-12-31 22:00:00+00:00 True
print(when.strftime("%Z %H"), repr(Day(2020, 1, 1) - d.timedelta(1)))  # expect: a%b 23 Day(2019, 12, 31)
print(d.datetime(2020, 1, 1, tzinfo=d.UTC).astimezone(when.tzinfo).isoformat())  # expect: 2020-01-01T01:00:00+01:00
print(when.tzinfo.__reduce__()[1:])  # expect: ((), None)
