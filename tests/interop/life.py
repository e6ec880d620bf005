"""A stand-in lives as long as whoever started it: it ends when its standard input does."""
import _thread
import os
import shutil


def watch(folder=None, start=_thread.start_new_thread):
    """In a thread of the system's: `start` makes one where threads were replaced. The folder goes with it."""

    def wait():
        while os.read(0, 4096):
            pass
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)

    start(wait, ())
