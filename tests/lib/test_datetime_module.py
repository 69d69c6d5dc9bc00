# SPDX-License-Identifier: MIT
"""What CPython's own test of datetime leaves open: messages, exact results of odd arguments, states that no
pickle holds, subclasses whose constructors misbehave."""
import copy
import gc
import os
import pickle
import sys
import time as clock
import unittest
import weakref
from datetime import date, datetime, time, timedelta, timezone, tzinfo


class Zone(tzinfo):
    def __init__(self, offset):
        self.offset = offset

    def utcoffset(self, when):
        return self.offset


class Day(date):
    pass


class Moment(datetime):
    pass


d = date(2020, 1, 2)
dt = datetime(2020, 1, 2, 3, 4, 5, 6)
tm = time(1, 2, 3, 4)
td = timedelta(1, 2, 3)
iso = d.isocalendar()

# Expression, exception, message.
ERRORS = r"""
date() | TypeError | function missing required argument 'year' (pos 1)
date(1,2) | TypeError | function missing required argument 'day' (pos 3)
date(1,2,3,4) | TypeError | function takes at most 3 arguments (4 given)
date(1,2,x=3) | TypeError | function missing required argument 'day' (pos 3)
date(1,2,3,x=3) | TypeError | function takes at most 3 arguments (4 given)
date(1,2,day=3,month=4) | TypeError | function takes at most 3 arguments (4 given)
date(2020,1,'a') | TypeError | 'str' object cannot be interpreted as an integer
date(2020,1,1.5) | TypeError | 'float' object cannot be interpreted as an integer
date(2**70,1,1) | OverflowError | Python int too large to convert to C long
date(2**40,1,1) | OverflowError | signed integer is greater than maximum
date(-2**40,1,1) | OverflowError | signed integer is less than minimum
date(0,1,1) | ValueError | year 0 is out of range
date(10000,1,1) | ValueError | year 10000 is out of range
date(1,13,1) | ValueError | month must be in 1..12
date(1,2,29) | ValueError | day is out of range for month
time(24) | ValueError | hour must be in 0..23
time(1,60) | ValueError | minute must be in 0..59
time(1,1,60) | ValueError | second must be in 0..59
time(1,1,1,10**6) | ValueError | microsecond must be in 0..999999
time(fold=2) | ValueError | fold must be either 0 or 1
time(1,1,1,1,None,1) | TypeError | function takes at most 5 positional arguments (6 given)
time(tzinfo=3) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
time(x=3) | TypeError | 'x' is an invalid keyword argument for this function
datetime(1) | TypeError | function missing required argument 'month' (pos 2)
datetime(1,2) | TypeError | function missing required argument 'day' (pos 3)
datetime() | TypeError | function missing required argument 'year' (pos 1)
datetime(1,2,3,4,5,6,7,8) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
datetime(1,2,3,4,5,6,7,None,1) | TypeError | function takes at most 8 positional arguments (9 given)
datetime(1,2,3,fold=3) | ValueError | fold must be either 0 or 1
datetime(1,2,3,foo=3) | TypeError | 'foo' is an invalid keyword argument for this function
timedelta(1,2,3,4,5,6,7,8) | TypeError | __new__() takes at most 7 arguments (8 given)
timedelta(x=1) | TypeError | 'x' is an invalid keyword argument for __new__()
timedelta(1,days=1) | TypeError | argument for __new__() given by name ('days') and position (1)
timedelta('a') | TypeError | unsupported type for timedelta days component: str
timedelta(hours=None) | TypeError | unsupported type for timedelta hours component: NoneType
timedelta(days=float('inf')) | OverflowError | cannot convert float infinity to integer
timedelta(days=float('nan')) | ValueError | cannot convert float NaN to integer
timedelta(days=10**9) | OverflowError | days=1000000000; must have magnitude <= 999999999
timedelta(days=10**10) | OverflowError | Python int too large to convert to C int
timedelta(days=10**30) | OverflowError | Python int too large to convert to C int
timedelta(days=1e300) | OverflowError | Python int too large to convert to C int
td*1e300 | OverflowError | Python int too large to convert to C int
td*float('inf') | OverflowError | cannot convert Infinity to integer ratio
td/float('nan') | ValueError | cannot convert NaN to integer ratio
td/0 | ZeroDivisionError | integer division or modulo by zero
td/0.0 | ZeroDivisionError | integer division or modulo by zero
td//0 | ZeroDivisionError | integer division or modulo by zero
td/timedelta(0) | ZeroDivisionError | division by zero
td//timedelta(0) | ZeroDivisionError | integer division or modulo by zero
td%timedelta(0) | ZeroDivisionError | integer modulo by zero
divmod(td,timedelta(0)) | ZeroDivisionError | integer division or modulo by zero
td%3 | TypeError | unsupported operand type(s) for %: 'datetime.timedelta' and 'int'
td*'a' | TypeError | can't multiply sequence by non-int of type 'datetime.timedelta'
td//1.5 | TypeError | unsupported operand type(s) for //: 'datetime.timedelta' and 'float'
td<1 | TypeError | '<' not supported between instances of 'datetime.timedelta' and 'int'
timedelta.max+td | OverflowError | days=1000000001; must have magnitude <= 999999999
-timedelta.max-timedelta.resolution*5 | OverflowError | days=-1000000000; must have magnitude <= 999999999
timedelta.max*10**30 | OverflowError | Python int too large to convert to C int
timedelta(microseconds=1)*(5*10**25) | OverflowError | Python int too large to convert to C int
date.fromordinal(0) | ValueError | ordinal must be >= 1
date.fromordinal(3652060) | ValueError | year 10000 is out of range
date.fromordinal(10**10) | OverflowError | signed integer is greater than maximum
date.fromordinal(2**70) | OverflowError | Python int too large to convert to C long
date.fromordinal(-1) | ValueError | ordinal must be >= 1
date.fromordinal('a') | TypeError | 'str' object cannot be interpreted as an integer
date.fromisoformat(3) | TypeError | fromisoformat: argument must be str
date.fromisoformat('abc') | ValueError | Invalid isoformat string: 'abc'
date.fromisoformat('2020-13-01') | ValueError | month must be in 1..12
date.fromisoformat() | TypeError | date.fromisoformat() takes exactly one argument (0 given)
date.fromisocalendar(2020,54,1) | ValueError | Invalid week: 54
date.fromisocalendar(2020,0,1) | ValueError | Invalid week: 0
date.fromisocalendar(2020,1,8) | ValueError | Invalid day: 8 (range is [1, 7])
date.fromisocalendar(0,1,8) | ValueError | Year is out of range: 0
date.fromisocalendar(2**70,1,1) | ValueError | ISO calendar component out of range
date.fromisocalendar(1,2) | TypeError | fromisocalendar() missing required argument 'day' (pos 3)
date.fromisocalendar(1,2,'a') | TypeError | 'str' object cannot be interpreted as an integer
date.fromisocalendar(9999,53,7) | ValueError | Invalid week: 53
date.fromisocalendar(2021,53,7) | ValueError | Invalid week: 53
date.fromtimestamp('a') | TypeError | 'str' object cannot be interpreted as an integer
date.fromtimestamp(1e20) | OverflowError | timestamp out of range for platform time_t
date.fromtimestamp(1e15) | ValueError | year 31690708 is out of range
date.fromtimestamp(float('nan')) | ValueError | Invalid value NaN (not a number)
date.fromtimestamp() | TypeError | date.fromtimestamp() takes exactly one argument (0 given)
d+timedelta(10**8) | OverflowError | date value out of range
d-timedelta(10**8) | OverflowError | date value out of range
d+1 | TypeError | unsupported operand type(s) for +: 'datetime.date' and 'int'
d+d | TypeError | unsupported operand type(s) for +: 'datetime.date' and 'datetime.date'
1+d | TypeError | unsupported operand type(s) for +: 'int' and 'datetime.date'
d-1 | TypeError | unsupported operand type(s) for -: 'datetime.date' and 'int'
d-dt | TypeError | unsupported operand type(s) for -: 'datetime.date' and 'datetime.datetime'
dt-d | TypeError | unsupported operand type(s) for -: 'datetime.datetime' and 'datetime.date'
d<1 | TypeError | '<' not supported between instances of 'datetime.date' and 'int'
d<dt | TypeError | can't compare datetime.datetime to datetime.date
dt<d | TypeError | can't compare datetime.datetime to datetime.date
dt<3 | TypeError | '<' not supported between instances of 'datetime.datetime' and 'int'
d.replace(1,2,3,4) | TypeError | replace() takes at most 3 arguments (4 given)
d.replace(x=1) | TypeError | 'x' is an invalid keyword argument for replace()
d.replace(month=13) | ValueError | month must be in 1..12
d.strftime(3) | TypeError | strftime() argument 1 must be str, not int
d.strftime() | TypeError | strftime() missing required argument 'format' (pos 1)
d.__format__(3) | TypeError | __format__() argument 1 must be str, not int
d.__format__() | TypeError | __format__() takes exactly 1 argument (0 given)
type(iso)(1,2) | TypeError | IsoCalendarDate() missing required argument 'weekday' (pos 3)
type(iso)(1,2,x=3) | TypeError | IsoCalendarDate() missing required argument 'weekday' (pos 3)
d.isocalendar().x | AttributeError | 'datetime.IsoCalendarDate' object has no attribute 'x'
dt.__reduce_ex__() | TypeError | __reduce_ex__() takes exactly 1 argument (0 given)
dt.__reduce_ex__('a') | TypeError | 'str' object cannot be interpreted as an integer
tzinfo().utcoffset(1) | NotImplementedError | a tzinfo subclass must implement utcoffset()
tzinfo().utcoffset() | TypeError | tzinfo.utcoffset() takes exactly one argument (0 given)
tzinfo().tzname(1) | NotImplementedError | a tzinfo subclass must implement tzname()
tzinfo().dst(1) | NotImplementedError | a tzinfo subclass must implement dst()
tzinfo().fromutc(1) | TypeError | fromutc: argument must be a datetime
tzinfo().fromutc(dt) | ValueError | fromutc: dt.tzinfo is not self
timezone() | TypeError | timezone() missing required argument 'offset' (pos 1)
timezone(1) | TypeError | timezone() argument 1 must be datetime.timedelta, not int
timezone(td) | ValueError | offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not datetime.timedelta(days=1, seconds=2, microseconds=3).
timezone(timedelta(1)) | ValueError | offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not datetime.timedelta(days=1).
timezone(timedelta(0),1) | TypeError | timezone() argument 2 must be str, not int
timezone(timedelta(0),None) | TypeError | timezone() argument 2 must be str, not None
timezone(timedelta(hours=1),x=2) | TypeError | 'x' is an invalid keyword argument for timezone()
timezone(name='x') | TypeError | timezone() missing required argument 'offset' (pos 1)
timezone.utc.utcoffset(1) | TypeError | utcoffset(dt) argument must be a datetime instance or None, not int
timezone.utc.tzname(1) | TypeError | tzname(dt) argument must be a datetime instance or None, not int
timezone.utc.dst('x') | TypeError | dst(dt) argument must be a datetime instance or None, not str
timezone.utc.fromutc(1) | TypeError | fromutc: argument must be a datetime
timezone.utc.fromutc(dt) | ValueError | fromutc: dt.tzinfo is not self
timezone.utc<timezone.utc | TypeError | '<' not supported between instances of 'datetime.timezone' and 'datetime.timezone'
dt.replace(tzinfo=Zone(3)).utcoffset() | TypeError | tzinfo.utcoffset() must return None or timedelta, not 'int'
dt.replace(tzinfo=Zone(timedelta(1))).utcoffset() | ValueError | offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).
dt.replace(tzinfo=Zone(timedelta(1))).dst() | NotImplementedError | a tzinfo subclass must implement dst()
dt.replace(tzinfo=Zone(timedelta(1))).isoformat() | ValueError | offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).
dt.replace(tzinfo=tzinfo()).tzname() | NotImplementedError | a tzinfo subclass must implement tzname()
dt.astimezone(3) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
dt.astimezone(1,2) | TypeError | astimezone() takes at most 1 argument (2 given)
dt.replace(tzinfo=Zone(3)).astimezone(timezone.utc) | TypeError | tzinfo.utcoffset() must return None or timedelta, not 'int'
dt.replace(tzinfo=timezone.utc)<dt | TypeError | can't compare offset-naive and offset-aware datetimes
dt.replace(tzinfo=timezone.utc)-dt | TypeError | can't subtract offset-naive and offset-aware datetimes
tm.replace(tzinfo=timezone.utc)<tm | TypeError | can't compare offset-naive and offset-aware times
tm<dt | TypeError | '<' not supported between instances of 'datetime.time' and 'datetime.datetime'
tm+tm | TypeError | unsupported operand type(s) for +: 'datetime.time' and 'datetime.time'
tm-tm | TypeError | unsupported operand type(s) for -: 'datetime.time' and 'datetime.time'
dt+dt | TypeError | unsupported operand type(s) for +: 'datetime.datetime' and 'datetime.datetime'
datetime.combine(1,2) | TypeError | combine() argument 1 must be datetime.date, not int
datetime.combine(d,2) | TypeError | combine() argument 2 must be datetime.time, not int
datetime.combine(d,tm,3) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
datetime.combine(d) | TypeError | combine() missing required argument 'time' (pos 2)
datetime.combine(d,tm,x=1) | TypeError | 'x' is an invalid keyword argument for combine()
dt.isoformat('ab') | TypeError | isoformat() argument 1 must be a unicode character, not str
dt.isoformat(3) | TypeError | isoformat() argument 1 must be a unicode character, not int
dt.isoformat('T',3) | TypeError | isoformat() argument 2 must be str, not int
dt.isoformat('T','x') | ValueError | Unknown timespec value
dt.isoformat('T','auto',3) | TypeError | isoformat() takes at most 2 arguments (3 given)
tm.isoformat('x') | ValueError | Unknown timespec value
tm.isoformat(3) | TypeError | isoformat() argument 1 must be str, not int
dt.isoformat(x=1) | TypeError | 'x' is an invalid keyword argument for isoformat()
datetime.fromisoformat(3) | TypeError | fromisoformat: argument must be str
datetime.fromisoformat('') | ValueError | Invalid isoformat string: ''
datetime.fromisoformat('2020-01-01T25') | ValueError | hour must be in 0..23
datetime.fromisoformat('2020-01-01T12+25:00') | ValueError | offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not datetime.timedelta(days=1, seconds=3600).
time.fromisoformat(3) | TypeError | fromisoformat: argument must be str
time.fromisoformat('x') | ValueError | Invalid isoformat string: 'x'
time.fromisoformat('25:00') | ValueError | hour must be in 0..23
datetime.strptime(1,2) | TypeError | strptime() argument 1 must be str, not int
datetime.strptime('a') | TypeError | strptime() takes exactly 2 arguments (1 given)
datetime.fromtimestamp('a') | TypeError | 'str' object cannot be interpreted as an integer
datetime.fromtimestamp(1e20) | OverflowError | timestamp out of range for platform time_t
datetime.fromtimestamp(1e15) | ValueError | year 31690708 is out of range
datetime.fromtimestamp(10**30) | OverflowError | timestamp out of range for platform time_t
datetime.fromtimestamp(float('nan')) | ValueError | Invalid value NaN (not a number)
datetime.fromtimestamp(0,3) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
datetime.fromtimestamp() | TypeError | fromtimestamp() missing required argument 'timestamp' (pos 1)
datetime.fromtimestamp(1,2,3) | TypeError | fromtimestamp() takes at most 2 arguments (3 given)
datetime.fromtimestamp(-1e18) | OSError | [Errno 75] Value too large for defined data type
datetime.utcfromtimestamp(1e300) | OverflowError | timestamp out of range for platform time_t
datetime.utcfromtimestamp(1,2) | TypeError | utcfromtimestamp() takes exactly 1 argument (2 given)
datetime.now(3) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
datetime.now(1,2) | TypeError | now() takes at most 1 argument (2 given)
datetime.now(x=1) | TypeError | 'x' is an invalid keyword argument for now()
dt.replace(fold=2) | ValueError | fold must be either 0 or 1
dt.replace(tzinfo=2) | TypeError | tzinfo argument must be None or of a tzinfo subclass, not type 'int'
dt.replace(x=2) | TypeError | 'x' is an invalid keyword argument for replace()
dt.replace(1,2,3,4,5,6,7,None,1) | TypeError | replace() takes at most 8 positional arguments (9 given)
tm.replace(x=1) | TypeError | 'x' is an invalid keyword argument for replace()
tm.replace(1,2,3,4,None,1) | TypeError | replace() takes at most 5 positional arguments (6 given)
setattr(d,'year',1) | AttributeError | attribute 'year' of 'datetime.date' objects is not writable
setattr(td,'days',1) | AttributeError | readonly attribute
setattr(dt,'x',1) | AttributeError | 'datetime.datetime' object has no attribute 'x'
delattr(d,'year') | AttributeError | attribute 'year' of 'datetime.date' objects is not writable
setattr(date,'x',1) | TypeError | cannot set 'x' attribute of immutable type 'datetime.date'
date('\x07\u0440\x01\x02') | ValueError | Failed to encode latin1 string when unpickling a date object. pickle.load(data, encoding='latin1') is assumed.
date(b'\x07\xe4\x0d\x02') | TypeError | 'bytes' object cannot be interpreted as an integer
datetime(b'\x07\xe4\x01\x02\1\2\3\4\5\6',3) | TypeError | bad tzinfo state arg
time('\u0440\1\2\3\4\5') | TypeError | 'str' object cannot be interpreted as an integer
datetime('\u0440\1\2\3\4\5\1\1\1\1') | ValueError | Failed to encode latin1 string when unpickling a datetime object. pickle.load(data, encoding='latin1') is assumed.
datetime('\u0440\1\2\3\4\5\1\1\1\1') | ValueError | Failed to encode latin1 string when unpickling a datetime object. pickle.load(data, encoding='latin1') is assumed.
datetime.max+timedelta(0,0,1) | OverflowError | date value out of range
datetime.min.timestamp() | ValueError | year 0 is out of range
datetime.min.astimezone() | ValueError | year 0 is out of range
datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))).astimezone(timezone.utc) | OverflowError | date value out of range
datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))).utctimetuple() | OverflowError | date value out of range
dt.strftime('\ud800') | UnicodeEncodeError | 'utf-8' codec can't encode character '\ud800' in position 0: surrogates not allowed
"""

# Expression, repr of its value.
VALUES = r"""
timedelta(days=10**40,hours=-24*10**40) | datetime.timedelta(0)
td==1 | False
abs(timedelta.min) | datetime.timedelta(days=999999999)
timedelta(microseconds=1)*(5*10**18) | datetime.timedelta(days=57870370, seconds=32000)
d-d | datetime.timedelta(0)
d==1 | False
d==dt | False
dt==d | False
d.strftime(format='%Y') | '2020'
d.isocalendar() | datetime.IsoCalendarDate(year=2020, week=1, weekday=4)
type(iso) | <class 'datetime.IsoCalendarDate'>
type(iso)(1,2,3) | datetime.IsoCalendarDate(year=1, week=2, weekday=3)
d.isocalendar().__reduce__() | (<class 'tuple'>, ((2020, 1, 4),))
d.isocalendar().year | 2020
type(iso).__mro__ | (<class 'datetime.IsoCalendarDate'>, <class 'tuple'>, <class 'object'>)
d.__reduce__() | (<class 'datetime.date'>, (b'\x07\xe4\x01\x02',))
dt.__reduce__() | (<class 'datetime.datetime'>, (b'\x07\xe4\x01\x02\x03\x04\x05\x00\x00\x06',))
dt.__reduce_ex__(4) | (<class 'datetime.datetime'>, (b'\x07\xe4\x01\x02\x03\x04\x05\x00\x00\x06',))
dt.replace(fold=1).__reduce_ex__(4) | (<class 'datetime.datetime'>, (b'\x07\xe4\x81\x02\x03\x04\x05\x00\x00\x06',))
dt.replace(fold=1).__reduce__() | (<class 'datetime.datetime'>, (b'\x07\xe4\x01\x02\x03\x04\x05\x00\x00\x06',))
tm.__reduce_ex__(4) | (<class 'datetime.time'>, (b'\x01\x02\x03\x00\x00\x04',))
tm.replace(fold=1).__reduce_ex__(4) | (<class 'datetime.time'>, (b'\x81\x02\x03\x00\x00\x04',))
td.__reduce__() | (<class 'datetime.timedelta'>, (1, 2, 3))
timezone.utc.__reduce__() | (<class 'datetime.timezone'>, (datetime.timedelta(0),), None)
Zone(3).__reduce__()[1:] | ((), {'offset': 3})
tzinfo().__reduce__() | (<class 'datetime.tzinfo'>, (), None)
timezone(timedelta(0),'x') | datetime.timezone(datetime.timedelta(0), 'x')
timezone(timedelta(0)) | datetime.timezone.utc
str(timezone.utc) | 'UTC'
str(timezone(timedelta(hours=-1,seconds=4,microseconds=5))) | 'UTC-00:59:55.999995'
timezone.utc==1 | False
timezone.min | datetime.timezone(datetime.timedelta(days=-1, seconds=60))
timezone.max | datetime.timezone(datetime.timedelta(seconds=86340))
hash(timezone.utc)==hash(timedelta(0)) | True
dt.replace(tzinfo=timezone.utc)==dt | False
tm.isoformat(timespec='hours') | '01'
datetime.strptime('2020','%Y') | datetime.datetime(2020, 1, 1, 0, 0)
datetime.fromtimestamp(0,tz=timezone.utc) | datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
repr(dt.replace(fold=1,tzinfo=timezone.utc)) | 'datetime.datetime(2020, 1, 2, 3, 4, 5, 6, fold=1, tzinfo=datetime.timezone.utc)'
repr(tm.replace(fold=1,tzinfo=timezone.utc)) | 'datetime.time(1, 2, 3, 4, tzinfo=datetime.timezone.utc, fold=1)'
datetime.__mro__ | (<class 'datetime.datetime'>, <class 'datetime.date'>, <class 'object'>)
date(b'\x07\xe4\x01\x02') | datetime.date(2020, 1, 2)
datetime(b'\x07\xe4\x81\x02\1\2\3\4\5\6',timezone.utc) | datetime.datetime(2020, 1, 2, 1, 2, 3, 263430, fold=1, tzinfo=datetime.timezone.utc)
time(b'\x81\1\2\3\4\5') | datetime.time(1, 1, 2, 197637, fold=1)
datetime.max.timestamp() | 253402300800.0
datetime.max.astimezone() | datetime.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.timezone(datetime.timedelta(0), 'UTC'))
datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))<datetime.max.replace(tzinfo=timezone.utc) | False
timedelta.total_seconds(timedelta.max) | 86400000000000.0
timedelta.max/3 | datetime.timedelta(days=333333333, seconds=28800)
bool(timedelta(0)) | False
+td | datetime.timedelta(days=1, seconds=2, microseconds=3)
-td | datetime.timedelta(days=-2, seconds=86397, microseconds=999997)
str(-td) | '-2 days, 23:59:57.999997'
str(timedelta(days=2,microseconds=1)) | '2 days, 0:00:00.000001'
repr(timedelta()) | 'datetime.timedelta(0)'
date.__new__(Day,1,2,3) | Day(1, 2, 3)
Day(1,2,3)+td | Day(1, 2, 4)
dt.__getstate__() | None
d.__hash__()==hash(date(2020,1,2)) | True
d.timetuple() | time.struct_time(tm_year=2020, tm_mon=1, tm_mday=2, tm_hour=0, tm_min=0, tm_sec=0, tm_wday=3, tm_yday=2, tm_isdst=-1)
dt.timetuple() | time.struct_time(tm_year=2020, tm_mon=1, tm_mday=2, tm_hour=3, tm_min=4, tm_sec=5, tm_wday=3, tm_yday=2, tm_isdst=-1)
dt.utctimetuple() | time.struct_time(tm_year=2020, tm_mon=1, tm_mday=2, tm_hour=3, tm_min=4, tm_sec=5, tm_wday=3, tm_yday=2, tm_isdst=0)
d.ctime() | 'Thu Jan  2 00:00:00 2020'
dt.strftime('\0') | ''
dt.strftime('a\0%Y') | 'a'
dt.strftime('') | ''
tm.strftime('%Y %H:%M %j') | '1900 01:02 001'
format(dt,'') | '2020-01-02 03:04:05.000006'
format(dt,'%y') | '20'
"""


def setUpModule():
    global old_zone
    old_zone = os.environ.get("TZ")
    set_zone("UTC")


def tearDownModule():
    set_zone(old_zone)


def set_zone(name):
    if name is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = name
    clock.tzset()


class TestTables(unittest.TestCase):
    def test_errors(self):
        for line in ERRORS.split("\n"):
            if not line:
                continue
            expression, kind, message = line.split(" | ", 2)
            with self.subTest(expression):
                try:
                    value = eval(expression)
                except Exception as error:
                    self.assertEqual((type(error).__name__, str(error)), (kind, message))
                else:
                    self.fail(f"gave {value!r}")

    def test_values(self):
        for line in VALUES.split("\n"):
            if line:
                expression, value = line.split(" | ", 1)
                with self.subTest(expression):
                    self.assertEqual(repr(eval(expression)), value)


class TestIsoFormats(unittest.TestCase):
    def test_clock_is_read_as_loosely_as_by_cpython(self):
        for text, fields in [("12:30:45.+05:00", (12, 30, 45, 0)), ("12:30:45:123456", (12, 30, 45, 123456)),
                             ("12:30:45.123456abc+05:00", (12, 30, 45, 123456)), ("123045123456", (12, 30, 45, 123456)),
                             ("12,5", (12, 0, 0, 500000)), ("T12Z", (12, 0, 0, 0)),
                             ("12:30:45.12345678901234567890Z", (12, 30, 45, 123456))]:
            t = time.fromisoformat(text)
            self.assertEqual((t.hour, t.minute, t.second, t.microsecond), fields, text)
        for text in ("12:30:45.", "12.", "12:", "12:30,", "1230:45", "12Z0", "T", "", "12+5", "123", "12+Z", "12-",
                     "12:30+05:", "1\u0662:30", "12:30:45.1\u0662"):
            self.assertRaises(ValueError, time.fromisoformat, text)

    def test_separator_of_any_width(self):
        for separator in " Tx\xe9\u20ac\U0001f600\ud800\0":
            text = dt.isoformat(separator)
            self.assertEqual(text[10], separator)
            self.assertEqual(datetime.fromisoformat(text), dt)

    def test_weeks(self):
        self.assertEqual(date.fromisoformat("9999W091T1"), date(9999, 3, 1))
        self.assertEqual(date.fromisoformat("99990710T0"), date(9999, 7, 10))
        self.assertEqual(datetime.fromisoformat("2020-W01T12"), datetime(2019, 12, 30, 12))
        self.assertEqual(datetime.fromisoformat("2020W01T12"), datetime(2019, 12, 30, 12))
        for text in ("2021-W53-1", "2020-W00", "2020-W54", "2020-W01-8", "2020-W01-", "2020W0"):
            self.assertRaises(ValueError, date.fromisoformat, text)


class TestZones(unittest.TestCase):
    class Named(Zone):
        def __init__(self, name):
            super().__init__(None)
            self.name = name

        def tzname(self, when):
            return self.name

        def dst(self, when):
            return None

    class Text(str):
        def replace(self, *args):
            return self.other

    def test_names_in_formats(self):
        for name, text in (("a%b", "a%b"), (None, ""), ("\xe9%", "\xe9%")):
            when = dt.replace(tzinfo=self.Named(name))
            self.assertEqual(when.strftime("%Z"), text)
            self.assertEqual(when.strftime("%Z %A"), text + " Thursday")
        self.assertRaises(UnicodeEncodeError, dt.replace(tzinfo=self.Named("\ud800")).strftime, "%Z")

    def test_name_of_a_subclass_escapes_itself(self):
        name = self.Text("x")
        when = dt.replace(tzinfo=self.Named(name))
        for name.other, text in (("%Y", "2020"), ("abc", "abc")):
            self.assertEqual(when.strftime("%Z"), text)
        name.other = None
        with self.assertRaisesRegex(TypeError, r"tzname\.replace\(\) did not return a string"):
            when.strftime("%Z")

    def test_fold_is_not_told_to_subclasses(self):
        set_zone("America/New_York")
        try:
            self.assertEqual(datetime.fromtimestamp(1604212200).fold, 1)
            self.assertEqual(Moment.fromtimestamp(1604212200).fold, 0)
            self.assertEqual(Moment.combine(d, tm.replace(fold=1)).fold, 0)
            self.assertEqual(datetime.combine(d, tm.replace(fold=1)).fold, 1)
            self.assertEqual(datetime(2020, 11, 1, 1, 30, fold=1).timestamp(), 1604212200)
            self.assertEqual(datetime(2020, 3, 8, 2, 30).timestamp(), 1583652600)
            self.assertEqual(datetime(2020, 3, 8, 2, 30, fold=1).timestamp(), 1583649000)
            self.assertEqual(repr(datetime(2020, 7, 1).astimezone().tzinfo),
                             "datetime.timezone(datetime.timedelta(days=-1, seconds=72000), 'EDT')")
        finally:
            set_zone("UTC")

    def test_zone_that_refers_back_is_collected(self):
        zone = Zone(timedelta(0))
        zone.when = [dt.replace(tzinfo=zone), time(1, tzinfo=zone)]
        gone = weakref.ref(zone)
        del zone
        gc.collect()
        self.assertIsNone(gone())

    def test_zone_that_drops_itself_while_it_is_asked(self):
        class Dropping(tzinfo):
            def utcoffset(self, when):
                holder.clear()
                gc.collect()
                return timedelta(hours=1)

        holder = [datetime(2020, 1, 1, tzinfo=Dropping())]
        self.assertEqual(holder[0].isoformat(), "2020-01-01T00:00:00+01:00")


class TestArithmetic(unittest.TestCase):
    def test_ratio_of_a_float_subclass(self):
        class Ratio(float):
            def as_integer_ratio(self):
                return self.ratio

        number = Ratio()
        for number.ratio, product, quotient in [((3, 2), timedelta(1, 43203, 4), timedelta(0, 57601, 333335)),
                                                ((3, -2), timedelta(-2, 43196, 999996), timedelta(-1, 28798, 666665)),
                                                ((10**40, 10**39 + 1), timedelta(10, 20, 30), timedelta(0, 8640, 200000)),
                                                ((True, 2), timedelta(0, 43201, 2), timedelta(2, 4, 6))]:
            self.assertEqual(td * number, product)
            self.assertEqual(td / number, quotient)
        for number.ratio, error in ((3, TypeError), ((1,), ValueError), ((1.5, 2), TypeError), ((1, 0), ZeroDivisionError)):
            self.assertRaises(error, lambda: td * number)

    def test_rounding_half_to_even(self):
        us = timedelta(microseconds=1)
        for n in range(-9, 10):
            self.assertEqual(timedelta(microseconds=n / 2), round(n / 2) * us)
            self.assertEqual(n * us / 2, round(n / 2) * us)
            self.assertEqual(n * us * 0.5, round(n / 2) * us)
            self.assertEqual(timedelta(days=10**40, hours=-24 * 10**40, microseconds=n / 2), round(n / 2) * us)
        self.assertEqual(timedelta(days=10**40 + 1, hours=-24 * 10**40, microseconds=0.5), timedelta(1))

    def test_extremes(self):
        self.assertEqual(timedelta.max // timedelta.resolution, 86399999999999999999)
        self.assertEqual(timedelta.resolution * 86399999999999999999, timedelta.max)
        self.assertEqual(timedelta.max * 1e-300, timedelta(0))
        self.assertEqual(timedelta.max / 1e300, timedelta(0))
        self.assertEqual(timedelta(0) / 5e-324, timedelta(0))
        self.assertRaises(OverflowError, lambda: timedelta.max / 5e-324)
        self.assertEqual(timedelta.max // 10**40, timedelta(0))
        self.assertEqual(timedelta.max // -10**40, -timedelta.resolution)
        self.assertEqual(timedelta.max / 10**40, timedelta(0))

    def test_constructor_of_a_subclass_gives_something_else(self):
        class Odd(datetime):
            def __new__(cls, *args, **kwargs):
                return super().__new__(cls, *args, **kwargs) if cls.straight else "text"

            straight = True

        odd = Odd(2020, 1, 1, tzinfo=timezone(timedelta(hours=1)))
        Odd.straight = False
        self.assertEqual(odd + td, "text")
        self.assertRaises(TypeError, odd.astimezone, timezone.utc)
        self.assertRaises(ValueError, tzinfo.fromutc, Zone(timedelta(0)), odd)


class TestStates(unittest.TestCase):
    """What no pickle of a date holds makes odd dates, but none that harm."""

    def test_every_use_of_odd_states(self):
        states = [(date, b"\xff\xff\x0c\xff"), (date, b"\0\0\x01\0"), (datetime, b"\xff\xff\x0c" + b"\xff" * 7),
                  (datetime, b"\0\0\x81\0" + b"\xff" * 6), (time, b"\x17" + b"\xff" * 5), (Moment, b"\0\0\x01" + b"\xff" * 7)]
        uses = [repr, str, hash, copy.copy, pickle.dumps, lambda v: v + td, lambda v: v - td, lambda v: v == v, lambda v: v - v,
                lambda v: v < v.replace(), lambda v: v.isocalendar(), lambda v: v.ctime(), lambda v: v.timetuple(),
                lambda v: v.toordinal(), lambda v: v.weekday(), lambda v: v.strftime("%Y %m %d %H %a %j %U %G %c %s"),
                lambda v: v.strftime("%Y-%m-%d"), lambda v: v.timestamp(), lambda v: v.astimezone(),
                lambda v: v.astimezone(timezone.max), lambda v: v.replace(tzinfo=timezone.min) < v.replace(tzinfo=timezone.max),
                lambda v: v.utctimetuple(), lambda v: v.isoformat(timespec="milliseconds")]
        for cls, state in states:
            for use in uses:
                try:
                    use(cls(state))
                except Exception:
                    pass

    def test_pickles(self):
        for value in (d, dt, tm, td, dt.replace(fold=1), tm.replace(fold=1), Day(1, 2, 3), Moment(1, 2, 3), timezone.utc,
                      timezone(td - timedelta(1)), dt.replace(tzinfo=timezone.utc), timezone(timedelta(0), "x")):
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                other = pickle.loads(pickle.dumps(value, protocol))
                self.assertEqual(other, value)
                self.assertIs(type(other), type(value))
                self.assertEqual(getattr(other, "fold", 0), getattr(value, "fold", 0) if protocol > 3 else 0)
            self.assertEqual(copy.deepcopy(value), value)
        self.assertIs(pickle.loads(pickle.dumps(timezone.utc)), timezone.utc)
        self.assertIs(type(pickle.loads(pickle.dumps(iso))), tuple)


class TestModule(unittest.TestCase):
    def test_second_import_has_the_same_classes(self):
        import _datetime
        del sys.modules["_datetime"]
        import _datetime as again
        self.assertIs(again.date, date)
        self.assertIs(again.UTC, timezone.utc)
        self.assertIs(again.date.min, date.min)
        sys.modules["_datetime"] = _datetime

    def test_matching_and_slots(self):
        class Slotted(datetime):
            __slots__ = "extra",

        value = Slotted(2020, 1, 1)
        value.extra = 3
        self.assertEqual((value + td).year, 2020)
        self.assertRaises(AttributeError, setattr, value, "other", 1)
        self.assertRaises(AttributeError, setattr, iso, "year", 1)
        self.assertRaises(AttributeError, setattr, iso, "x", 1)
        year, week, weekday = iso
        self.assertEqual((year, week, weekday), (iso.year, iso.week, iso.weekday))
        self.assertRaises(TypeError, type, "X", (type(iso),), {})
        self.assertRaises(TypeError, type, "X", (timezone,), {})
        self.assertRaises(TypeError, type, "X", (datetime, timedelta), {})


if __name__ == "__main__":
    unittest.main()
