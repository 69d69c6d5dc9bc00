# Functions of atexit run before modules are taken apart, the last registered first.
import atexit
import weakref


class Noisy:
    def __del__(self):
        print("gone")


def leave():
    raise SystemExit(9)


noisy, other = Noisy(), Noisy()
atexit.register(lambda: print("atexit:", noisy is not None))
atexit.register(leave)
weakref.finalize(other, print, "finalize")
# expect: finalize
# expect: atexit: True
# expect: gone
# expect: gone
# expect stderr: Exception ignored in atexit callback: <function leave at 0x...>
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "exit_atexit.py", line 12, in leave
# expect stderr:     raise SystemExit(9)
# expect stderr: SystemExit: 9
