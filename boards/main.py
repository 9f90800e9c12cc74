"""What a board does when it is switched on: it serves its device."""

from gbcs_device.app import *  # noqa: F403 for who presses Ctrl-C

run()  # noqa: F405
