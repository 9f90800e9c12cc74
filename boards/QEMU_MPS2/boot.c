// What the qemu port leaves out of a start: a file system (_boot.py), then main.py. And a C stack
// as short as the smallest board's.

#include "py/mphal.h"
#include "py/runtime.h"
#include "py/stackctrl.h"
#include "shared/runtime/pyexec.h"

void __real_mp_init(void);

// The board has no clock: all files are of one moment
uint64_t mp_hal_time_ns(void) {
    return 0;
}

void __wrap_mp_init(void) {
    __real_mp_init();
    mp_stack_set_limit(BOARD_STACK_LIMIT);
    pyexec_frozen_module("_boot.py", false);
    if (pyexec_mode_kind == PYEXEC_MODE_FRIENDLY_REPL) {
        pyexec_file_if_exists("main.py");
    }
}
