"""`make demo`: real GBCS messages decoded, verified and decrypted."""

import os
import sys

from gbcs_host.cli import main

SHOWN = (  # folder, beginning of the file's name
    ("8.9_CCS07", "CCS07_8.9_SUCCESS_COMMAND"),
    ("8.9_CCS07", "CCS07_8.9_SUCCESS_RESPONSE"),
    ("4.1.1_GCS13a", "GCS13a_4.1.1_SUCCESS_RELIABLE_GPF_RESPONSE"),
    ("6.24.1_CS02fMAC", "CS02fMAC_6.24.1_SUCCESS_RESPONSE"),
)


def demo() -> int:
    """Shows a few messages as trees, then checks them all; the exit status of the last."""
    shared = os.environ.get("GBCS_SHARED", os.path.join("..", "shared"))
    messages = os.path.join(shared, "rtds", "messages")
    keys = ["--keystore", os.path.join(shared, "rtds", "keystore")]
    if not os.path.isdir(messages):
        print(
            "demo: no reference messages at hand: set GBCS_SHARED to the folder that holds "
            "rtds/messages.\nMeanwhile, one message from the command line:\n",
            file=sys.stderr,
        )
        return main(["decode", EXAMPLE])
    paths = [os.path.join(messages, folder, name + "_GBCS.HEX") for folder, name in SHOWN]
    print("$ gbcs decode --keystore KEYS four messages\n", flush=True)
    main(["decode", "--quiet", *keys, *(path for path in paths if os.path.exists(path))])
    print("$ gbcs decode --json --keystore KEYS %s > /dev/null" % messages, flush=True)
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 - closed below
    try:
        return main(["decode", "--json", *keys, messages])
    finally:
        sys.stdout.close()
        sys.stdout = out


# ECS14, "Disable Privacy PIN Protection on ESME"
EXAMPLE = (
    "DD000000000000481100000000DF090100000000000003E80890B3D51F3001000008"
    "00DB1234567890A00002002314D9200003E8000102000100005E2C030102010900004A23B545F6CA24D1DC19D676"
)

if __name__ == "__main__":
    sys.exit(demo())
