"""`make demo`: the SECMP0013 triage from end to end, and real messages read and answered."""

import os
import sys

from gbcs_host.cli import main

# ECS14, "Disable Privacy PIN Protection on ESME"
EXAMPLE = (
    "DD000000000000481100000000DF090100000000000003E80890B3D51F3001000008"
    "00DB1234567890A00002002314D9200003E8000102000100005E2C030102010900004A23B545F6CA24D1DC19D676"
)
REPORT = os.path.join("build", "triage.html")


def demo() -> int:
    """Runs the triage, then decodes and replays reference messages where there are some.

    The exit status: 0 where every command succeeded.
    """
    shared = os.environ.get("GBCS_SHARED", os.path.join("..", "shared"))
    messages = os.path.join(shared, "rtds", "messages")
    keys = ["--keystore", os.path.join(shared, "rtds", "keystore")]
    os.makedirs(os.path.dirname(REPORT), exist_ok=True)
    _say("gbcs run triage --html %s" % REPORT)
    status = main(["run", "triage", "--html", REPORT])
    if not os.path.isdir(messages):
        print(
            "\nNo reference messages at hand (GBCS_SHARED names the folder with rtds/messages). "
            "One message from the command line:",
            file=sys.stderr,
        )
        _say("gbcs decode --quiet %s" % EXAMPLE)
        return main(["decode", "--quiet", EXAMPLE]) or status
    shown = os.path.join(messages, "8.9_CCS07", "CCS07_8.9_SUCCESS_RESPONSE_GBCS.HEX")
    if os.path.exists(shown):
        _say("gbcs decode --quiet %s %s" % (" ".join(keys), shown))
        main(["decode", "--quiet", *keys, shown])
    _say("gbcs decode --json %s %s > /dev/null" % (" ".join(keys), messages))
    status = _silently(["decode", "--json", *keys, messages]) or status
    _say("gbcs coverage --rtds %s %s > /dev/null" % (messages, " ".join(keys)))
    _silently(["coverage", "--rtds", messages, *keys])
    print("\nThe report of the triage: %s" % REPORT)
    return status


def _say(command: str) -> None:
    print("\n$ %s\n" % command, flush=True)


def _silently(arguments: "list[str]") -> int:
    """The exit status of a command whose output goes nowhere."""
    out, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 - closed below
    try:
        return main(arguments)
    finally:
        sys.stdout.close()
        sys.stdout = out


if __name__ == "__main__":
    sys.exit(demo())
