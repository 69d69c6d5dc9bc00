# A logger with a handler of its own.
import io, logging
out = io.StringIO()
class Handler(logging.StreamHandler):
    def handleError(self, record): raise
handler = Handler(out)
handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(message)s"))
logger = logging.getLogger("oom.child")
logger.addHandler(handler)
logger.propagate = False
logger.setLevel("INFO")
logger.debug("no")
logger.info("one %d %s", 1, ["x"])
print(out.getvalue().strip())  # expect: INFO:oom.child:one 1 ['x']
