"""A plugin file for the tests: methods that end the process, each in one way and one place."""

import ctypes
import os
import signal
import sys
import time
from dataclasses import dataclass

import numpy as np

from bench import Facts, Method, Model
from bench.views.catalog import provided


def c_exit():
    ctypes.CDLL(None).exit(0)


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def leave():
    sys.exit(0)


def leave_at_once():
    os._exit(0)


def interrupt():
    raise KeyboardInterrupt


def own():
    raise BaseException("of its own kind")


def generator():
    raise GeneratorExit


def forked():
    if os.fork() == 0:
        return  # the child comes home from `fit` as well
    os.wait()
    raise RuntimeError("forked")


def hang():
    time.sleep(120)


SOFT = (leave, leave_at_once, interrupt, own, generator)
"""What can be caught."""
HARD = (c_exit, crash)
"""What only another process survives."""
PLACES = ("describe", "fit", "checkpoint", "predict", "parameters")


class Tripped(Model):
    def __init__(self, classes, ends, place):
        self.classes, self.ends, self.place = classes, ends, place

    @property
    def parameters(self):
        if self.place == "parameters":
            self.ends()
        return 1

    def predict(self, clips):
        if self.place == "predict":
            self.ends()
        return np.zeros((len(clips), self.classes))


@dataclass(frozen=True)
class Ender(Method):
    """Fine but for the place where it ends."""

    needs = frozenset({"numbers"})
    facts = Facts("An end", "nobody", 2026, "https://example.org", "code")

    def describe(self, clip):
        if self.place == "describe":
            self.ends()
        return provided(clip, "numbers")

    def fit(self, train, context):
        if self.place == "fit":
            self.ends()
        model = Tripped(train.classes, self.ends, self.place)
        if self.place == "checkpoint":
            context.checkpoint(Tripped(train.classes, self.ends, "predict"), 1)
            self.ends()
        return model


def _made(place, how):
    name = f"{place}_{how.__name__}"
    body = {"name": name, "place": place, "ends": staticmethod(how), "__module__": __name__}
    return dataclass(frozen=True)(type(name, (Ender,), {**body, "__doc__": name}))


for _place in PLACES:
    for _how in (*SOFT, *HARD):
        globals()[f"{_place}_{_how.__name__}"] = _made(_place, _how)
fit_forked = _made("fit", forked)
describe_hang = _made("describe", hang)
