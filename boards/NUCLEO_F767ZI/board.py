"""ST Nucleo-144 F767ZI (Cortex-M7: where things are connected."""

UART = (6,)  # TX is PG14, RX PG9: the HAN link; a port of its own, the REPL is on USB
LED = "LED1"  # on: joined; flashing: looking for a network
BUTTON = "SW"  # held while the power comes on: no device is started
DISPLAY = (1, "PB8", "PB9")  # I2C number, SDA, SCL: for a display, where there is one
WATCHDOG_S = 8
