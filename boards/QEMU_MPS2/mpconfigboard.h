// What this board changes of MicroPython's qemu port.

#include <mpconfigport.h>

// Messages may come over the serial line as octets
#undef MICROPY_PY_SYS_STDIO_BUFFER
#define MICROPY_PY_SYS_STDIO_BUFFER (1)
