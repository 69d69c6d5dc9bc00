# Random numbers, times and their formats.
import _random, time
r = _random.Random(5)
state = r.getstate()
print([r.getrandbits(40) for _ in range(3)] == (r.setstate(state), [r.getrandbits(40) for _ in range(3)])[1], r.random() < 1)  # expect: True True
print(time.strftime("%Y-%m-%d %H:%M:%S €", time.gmtime(86400)))  # expect: 1970-01-02 00:00:00 €
print(time.asctime(time.gmtime(0)), time.mktime(time.localtime(1e9)), time.get_clock_info("monotonic").monotonic)  # expect: Thu Jan  1 00:00:00 1970 1000000000.0 True
