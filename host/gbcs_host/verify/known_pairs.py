"""Reference pairs of RTDS 4.5.0 whose responses the emulated devices deliberately differ from.

Each row is the scenario in the names of the files, the expected outcome, and the reason.
"""

KNOWN = (
    # scenario, outcome, reason
    (
        "GCS61_4.17_SUCCESS",
        "different",
        "the response has no supplementary originator counter, although its command brought the"
        " party's certificate; the responses of ECS21b and of GCS16b, by the same GPF, have one",
    ),
    (
        "GCS20r_6.2.10_ERROR",
        "different",
        "the default response has the direction of a server's (08), although it answers a"
        " server's command; the other 87 answers to such commands, that of the GCS20r which"
        " succeeds too, have a client's",
    ),
)


def known(scenario: str) -> "tuple[str, str] | None":
    """The expected outcome and the reason for a scenario in `KNOWN`; None for any other."""
    for name, outcome, reason in KNOWN:
        if name == scenario:
            return outcome, reason
    return None
