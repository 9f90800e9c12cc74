"""The dual tests on MicroPython's unix port: do they pass in 128 KB, and how much do they need."""

import importlib.util
import pathlib

_RUN = pathlib.Path(__file__).parents[1] / "tests" / "dual" / "run.py"


def run() -> "list[tuple[str, str, str, bool]]":
    """The rows; one that says why where there is no MicroPython."""
    spec = importlib.util.spec_from_file_location("dual_run", _RUN)
    if spec is None or spec.loader is None:
        raise ImportError(str(_RUN))
    dual = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(dual)
    try:
        dual.fetch.runtime()
    except dual.fetch.Unavailable as error:
        return [("dual tests on the unix port", str(error).splitlines()[0], "all pass", False)]
    results = [dual.on_unix_with_peak(name, 128) for name in dual.names()]
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    largest = max(results, key=lambda result: result.peak_kb)
    peak = "%d KB (%s)" % (largest.peak_kb, largest.name)
    return [
        ("dual tests, unix port, 128 KB", "%d of %d" % (passed, passed + failed), "all",
         not failed),
        ("smallest heap of the largest, its compiler in it", peak, "<= 128 KB", not failed),
    ]  # fmt: skip
