// What this board changes of MicroPython's qemu port.

#include <mpconfigport.h>

// Messages may come over the serial line as octets
#undef MICROPY_PY_SYS_STDIO_BUFFER
#define MICROPY_PY_SYS_STDIO_BUFFER (1)

// Octets of C stack for Python, as on an RP2040; the port alone has 10,240
#ifndef BOARD_STACK_LIMIT
#define BOARD_STACK_LIMIT (7936)
#endif
