# A finaliser that runs at exit cannot import any more.
import sys


class Late:
    def __del__(self):
        print(sys.is_finalizing(), sys.meta_path, sys.path, len(sys.modules))
        try:
            import json
        except ImportError as e:
            print(e)
        raise ValueError("nobody handles this")


late = Late()
print(sys.is_finalizing())  # expect: False
# expect: True None None 0
# expect: sys.meta_path is None, Python is likely shutting down
# expect stderr: Exception ignored in: <function Late.__del__ at 0x...>
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "exit_import.py", line 12, in __del__
# expect stderr: ValueError: nobody handles this
