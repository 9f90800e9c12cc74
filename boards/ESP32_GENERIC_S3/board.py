"""ESP32-S3 (Xtensa LX7: where things are connected."""

UART = (1, 17, 18)  # number, TX, RX: the HAN link; a port of its own, the REPL is on USB
LED = 2  # on: joined; flashing: looking for a network
BUTTON = 0  # held while the power comes on: no device is started
DISPLAY = (0, 8, 9)  # I2C number, SDA, SCL: for a display, where there is one
WATCHDOG_S = 8
TIMER = 0  # there are no others than those of the hardware
