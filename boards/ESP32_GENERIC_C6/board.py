"""ESP32-C6 (RISC-V: where things are connected."""

UART = (1, 4, 5)  # number, TX, RX: the HAN link; a port of its own, the REPL is on USB
LED = 15  # on: joined; flashing: looking for a network
BUTTON = 9  # held while the power comes on: no device is started
DISPLAY = (0, 6, 7)  # I2C number, SDA, SCL: for a display, where there is one
WATCHDOG_S = 8
TIMER = 0  # there are no others than those of the hardware
