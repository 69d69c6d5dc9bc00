# Dates, times and timedeltas are made, moved, compared and written.
import _datetime as d
us = d.timedelta(hours=1.5) * 3 / 2 + d.timedelta(days=10**40, hours=-24 * 10**40, microseconds=0.5)
print(us, us / us, us // d.timedelta.resolution)  # expect: 2:15:00 1.0 8100000000
zone = d.timezone(us, "x")
when = d.datetime(2020, 1, 2, 3, 4, 5, 6, tzinfo=zone)
print(repr(when - us))          # expect: datetime.datetime(2020, 1, 2, 0, 49, 5, 6, tzinfo=datetime.timezone(datetime.timedelta(seconds=8100), 'x'))
print(when.astimezone(d.UTC), hash(when) == hash(when.astimezone(d.UTC)))  # expect: 2020-01-02 00:49:05.000006+00:00 True
print(d.datetime.fromisoformat(when.isoformat("é")) == when)  # expect: True
print(when.strftime("%d.%m.%Y %Z %z"), when.strftime("%a %e %b"))  # expect: 02.01.2020 x +0215 Thu  2 Jan
print(when.isocalendar(), when.__reduce__()[1][0])  # expect: datetime.IsoCalendarDate(year=2020, week=1, weekday=4) b'\x07\xe4\x01\x02\x03\x04\x05\x00\x00\x06'
