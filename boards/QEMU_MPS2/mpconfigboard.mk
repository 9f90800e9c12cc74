# The Cortex-M3 of MPS2 AN385, as QEMU emulates it, with our packages frozen in.
QEMU_ARCH = arm
QEMU_MACHINE = mps2-an385

CFLAGS += -mthumb -mcpu=cortex-m3 -mfloat-abi=soft
CFLAGS += -DQEMU_SOC_MPS2
CFLAGS += -DMICROPY_HW_MCU_NAME='"Cortex-M3"'
# The board's header stands between the port's and the core's
CFLAGS += -DMP_CONFIGFILE='<mpconfigboard.h>' -I$(BOARD_DIR)

LDSCRIPT = $(BOARD_DIR)/memory.ld

# A file system, and a start that mounts it
MICROPY_VFS_LFS2 = 1
SRC_C += shared/timeutils/timeutils.c $(BOARD_DIR)/boot.c
LDFLAGS += -Wl,--wrap=mp_init

SRC_BOARD_O = shared/runtime/gchelper_native.o shared/runtime/gchelper_thumb2.o

MPY_CROSS_FLAGS += -march=armv7m
FROZEN_MANIFEST ?= $(BOARD_DIR)/manifest.py
MICROPY_HEAP_SIZE ?= 131072
