# Only KeyboardInterrupt itself ends the process by SIGINT; what derives from it is an error.
class Cancelled(KeyboardInterrupt):
    pass


raise Cancelled("by a class of its own")  # expect error: Cancelled: by a class of its own
