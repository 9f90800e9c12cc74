"""What a board does when it is switched on: it serves the device that was put on it."""

import gc

from gbcs_device.board.folder import is_provisioned

gc.threshold(8192)  # before anything is loaded: a heap in larger pieces
if is_provisioned():
    from gbcs_device.board.app import *  # noqa: F403 for who presses Ctrl-C

    run()  # noqa: F405
else:
    print("no device yet: gbcs board provision puts one here")
