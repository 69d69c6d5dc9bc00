# SPDX-License-Identifier: MIT
"""The sizes of chosen objects, and of the instances of chosen classes, over time.

    tracker = ClassTracker()
    tracker.track_class(Employee)
    tracker.create_snapshot("before")
    ...
    tracker.create_snapshot("after")
    tracker.stats.print_summary()
"""
import functools
import sys
import time
import weakref
from inspect import stack

import _memtools
from pympler.asizeof import Asized, Asizer, type_name
from pympler.classtracker_stats import ConsoleStats

__all__ = ["ClassTracker", "TrackedObject", "Snapshot"]

_first = time.time()


def _now():
    """Seconds since the start."""
    return time.time() - _first


class TrackedObject:
    """What is known of an object, also when it is gone."""

    def __init__(self, instance, resolution_level=0, trace=False, on_delete=None):
        self.ref = weakref.ref(instance, self._ended)
        self._on_delete = on_delete
        self.id = id(instance)
        self.repr = ""
        self.name = type_name(type(instance))
        self.birth, self.death = _now(), None
        self.trace = [frame[1:4] for frame in stack(context=1)[3:]] if trace else None
        self._resolution_level = resolution_level
        self.snapshots = []     # (time, Asized)
        self.footprint = self.snapshots

    def __getstate__(self):
        state = dict(vars(self), ref=None, _on_delete=None)
        return state

    def _ended(self, _ref):
        self.death = _now()
        if self._on_delete:
            self._on_delete(self)

    def set_resolution_level(self, resolution_level):
        """How many levels of referents a snapshot names."""
        self._resolution_level = resolution_level

    def add_size(self, when, instance, size, flat, others):
        """Add a size, with as many levels of referents as are asked for; those of other tracked
        objects are not its own."""
        self.repr = object.__repr__(instance)
        refs = ()
        if self._resolution_level:
            sizer = Asizer()
            sizer.exclude_refs(*(each for each in others if each is not instance))
            refs = sizer.asized(instance, detail=self._resolution_level).refs
        self.snapshots.append((when, Asized(size, flat, refs, self.repr)))

    def get_max_size(self):
        """The largest size of all snapshots."""
        return max([sized.size for _, sized in self.snapshots], default=0)

    def get_size_at_time(self, timestamp):
        """The size at the last snapshot that is not later."""
        size = 0
        for when, sized in self.snapshots:
            if when <= timestamp:
                size = sized.size
        return size


class Snapshot:
    """What create_snapshot() saw.  classes: {name: {sum, avg, pct, active, merged}}"""

    def __init__(self):
        self.tracked_total = self.asizeof_total = self.overhead = 0
        self.timestamp = None
        self.system_total = 0
        self.desc = None
        self.classes = None

    @property
    def total(self):
        """The best figure for the whole program."""
        return self.system_total or self.asizeof_total or self.tracked_total

    @property
    def label(self):
        """The description, with the time."""
        when = f"{self.timestamp:.2f}s"
        return f"{self.desc} ({when})" if self.desc else when


class ClassTracker:
    """Tracks objects; stream: where stats are printed."""

    def __init__(self, stream=None):
        self.objects = {}       # id -> TrackedObject, of those that live
        self.index = {}         # name -> [TrackedObject], in the order of their birth
        self.history = []
        self._keepalive = []
        self._tracked = {}      # class -> its own __init__, or None
        self._stream = stream
        self.snapshots = []

    @property
    def stats(self):
        """A ConsoleStats of this tracker."""
        return ConsoleStats(tracker=self, stream=self._stream)

    # -- what is tracked --

    def track_object(self, instance, name=None, resolution_level=0, keep=False, trace=False):
        """Track an object, under the name of its class or another.

        keep: keep it alive; trace: note who made it."""
        known = self.objects.get(id(instance))
        if known is not None and known.ref() is instance:
            return
        tracked = TrackedObject(instance, resolution_level, trace, self._forget)
        tracked.name = name or tracked.name
        self.objects[id(instance)] = tracked
        self.index.setdefault(tracked.name, []).append(tracked)
        if keep:
            self._keepalive.append(instance)

    def _forget(self, tracked):
        if self.objects.get(tracked.id) is tracked:
            del self.objects[tracked.id]

    def track_change(self, instance, resolution_level=0):
        """Name more or fewer levels of referents of a tracked object."""
        self.objects[id(instance)].set_resolution_level(resolution_level)

    def track_class(self, cls, name=None, resolution_level=0, keep=False, trace=False):
        """Track the instances that a class makes from now on, those of subclasses too."""
        if cls in self._tracked:
            self.detach_class(cls)
        own = cls.__dict__.get("__init__")
        init = cls.__init__

        @functools.wraps(init)
        def tracking_init(self_, *args, **keywords):
            self.track_object(self_, name or type_name(cls), resolution_level, keep, trace)
            init(self_, *args, **keywords)
        cls.__init__ = tracking_init
        self._tracked[cls] = own

    def detach_class(self, cls):
        """Track no further instances of a class."""
        own = self._tracked.pop(cls)
        if own is None:
            del cls.__init__
        else:
            cls.__init__ = own

    def detach_all_classes(self):
        """Track no further instances of any class."""
        for cls in list(self._tracked):
            self.detach_class(cls)

    def detach_all(self):
        """Track nothing any more."""
        self.detach_all_classes()
        self.objects.clear()
        self.index.clear()
        self._keepalive.clear()

    def clear(self):
        """Track nothing any more, and forget what was seen."""
        self.detach_all()
        self.snapshots.clear()

    close = clear

    # -- snapshots --

    def create_snapshot(self, description="", compute_total=False):
        """Size everything that is tracked.  compute_total: the whole heap, too."""
        snapshot = Snapshot()
        snapshot.timestamp, snapshot.desc = _now(), str(description)
        live = [(tracked, tracked.ref()) for tracked in self.objects.values()]
        live = [(tracked, instance) for tracked, instance in live if instance is not None]
        instances = tuple(instance for _, instance in live)
        rows = _memtools.deep_sizes(instances, separate=True)
        for (tracked, instance), (size, flat, _) in zip(live, rows):
            tracked.add_size(snapshot.timestamp, instance, size, flat, instances)
        snapshot.tracked_total = sum(size for size, _, _ in rows)
        if compute_total:
            snapshot.asizeof_total = sum(size for _, _, size in _memtools.type_tally(all=True))
        snapshot.system_total = _memtools.memory("rss")
        snapshot.overhead = sum(map(sys.getsizeof, (self.objects, self.index, self.snapshots)))
        self.snapshots.append(snapshot)

    def start_periodic_snapshots(self, interval=1.0):
        """Create a snapshot every so many seconds: by a timer signal, in the main thread."""
        import signal
        signal.signal(signal.SIGALRM, lambda *_: self.create_snapshot())
        signal.setitimer(signal.ITIMER_REAL, interval, interval)

    def stop_periodic_snapshots(self):
        """End start_periodic_snapshots()."""
        import signal
        signal.setitimer(signal.ITIMER_REAL, 0)
