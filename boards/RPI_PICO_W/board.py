"""Raspberry Pi Pico W: where things are connected."""

UART = (1, 4, 5)  # number, TX, RX: the HAN link; a port of its own, the REPL is on USB
LED = "LED"  # on: joined; flashing: looking for a network
BUTTON = 15  # held while the power comes on: no device is started
DISPLAY = (0, 20, 21, "SSD1306", 0x3C)  # I2C number, SDA, SCL; kind, address
WATCHDOG_S = 8
