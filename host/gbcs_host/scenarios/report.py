"""A scenario as one HTML file to forward: steps, checks, decoded messages, device logs.

The file has no scripts and no references to other files; folded parts are `details` elements.
`_text` or `_lines` escapes every field, since texts of devices, scenarios and errors may contain
HTML or control characters.
"""

import html
from typing import Any

from gbcs import clock
from gbcs_host.decode import examine, tree
from gbcs_host.display import shots
from gbcs_host.scenarios import play
from gbcs_host.scenarios.play import Play, Step
from gbcs_host.visible import visible, visible_lines

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 62em; padding: 0 1em;
       color: #1b1b1b; }
h1 { font-size: 1.5em; } h2 { margin-top: 2em; border-bottom: 1px solid #ccc; }
.step { border-left: 4px solid #2a7d2a; margin: 1em 0; padding: .3em 1em; }
.step.no { border-color: #b3261e; }
.step h3 { font-size: 1.05em; margin: .2em 0; } .proves { color: #555; }
ul { margin: .3em 0; padding-left: 1.2em; } li.no { color: #b3261e; font-weight: 600; }
pre { background: #f6f6f4; padding: .6em; overflow-x: auto; font-size: 12.5px; }
table { border-collapse: collapse; } td, th { padding: .2em .8em .2em 0; text-align: left; }
summary { cursor: pointer; color: #245; } .time { color: #777; font-size: .9em; }
"""


def write(title: str, played: Play, seed: int) -> str:
    """The HTML document of a scenario that was played with this seed."""
    count = sum(step.holds for step in played.steps)
    verdict = "all steps hold" if played.holds else "NOT all steps hold"
    out = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>%s</title>"
        "<style>%s</style></head><body>" % (_text(title), _STYLE),
        "<h1>%s</h1><p><strong>%s</strong>: %d of %d, seed %d.</p>"
        % (_text(title), verdict, count, len(played.steps), seed),
        _timings(played),
    ]
    part = ""
    for step in played.steps:
        if step.part != part:
            part = step.part
            out.append("<h2>%s</h2>" % _text(part))
        out.append(_step(step, played))
    out.append(_inventory(played))
    out.append("</body></html>\n")
    return "\n".join(out)


def _timings(played: Play) -> str:
    total = sum(step.milliseconds for step in played.steps)
    messages = sum(len(step.exchanges) for step in played.steps)
    return "<p class='time'>%d commands carried in %.1f s of computing time.</p>" % (
        messages, total / 1000)  # fmt: skip


def _step(step: Step, played: Play) -> str:
    checks = "".join(
        "<li class='%s'>%s%s</li>"
        % ("" if is_met else "no", "" if is_met else "not so: ", _text(text))
        for text, is_met in step.checks or [("no check in this step", False)]
    )
    notes = "".join("<p>%s</p>" % _note(note) for note in step.notes)
    pictures = "".join(shots.image_tag(octets, words) for words, octets in step.pictures)
    messages = "".join(_exchange(exchange, played) for exchange in step.exchanges)
    return (
        "<div class='step%s'><h3>%s %s</h3><p class='proves'>%s <span class='time'>%s, %.0f ms"
        "</span></p><ul>%s</ul>%s<p>%s</p>%s%s</div>"
        % (
            "" if step.holds else " no",
            _text(step.number),
            _text(step.title),
            _text(step.proves),
            _text(clock.generalized(step.at)),
            step.milliseconds,
            checks,
            notes,
            pictures,
            _logs(step),
            messages,
        )
    )


def _text(text: object) -> str:
    """A field of one line, escaped for the text or an attribute of HTML."""
    return html.escape(visible(str(text)))


def _lines(text: str) -> str:
    """A field of several lines, escaped for HTML."""
    return html.escape(visible_lines(text))


def _note(text: str) -> str:
    mark = "base64 for 8.16: "
    if text.startswith(mark):
        return "%s<br><code>%s</code>" % (mark.strip(), _text(text[len(mark) :]))
    return _text(text)


def _exchange(exchange: Any, played: Play) -> str:
    parts = [_message(exchange.command, played)]
    if exchange.answer is not None:
        parts.append(_message(exchange.answer, played))
    return "<details><summary>%s: %s</summary>%s</details>" % (
        _text(exchange.use_case), _text(play.outcome(exchange)), "".join(parts))  # fmt: skip


def _message(octets: bytes, played: Play) -> str:
    node = examine.examine(octets, keys=played.lab.parties.keys)
    return "<pre>%s\n%s</pre>" % (_lines(tree.draw(node)), octets.hex().upper())


def _logs(step: Step) -> str:
    rows = [
        "<tr><td>%s</td><td><pre>%s</pre></td><td><pre>%s</pre></td></tr>"
        % (_text(hub.hex().upper()), _lines(before), _lines(after))
        for hub, before, after in step.logs
    ]
    if not rows:
        return ""
    return (
        "<details><summary>device logs before and after</summary><table><tr><th>hub</th>"
        "<th>before</th><th>after</th></tr>%s</table></details>" % "".join(rows)
    )


def _inventory(played: Play) -> str:
    rows = "".join(
        "<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>"
        % (
            _text(device["eui"].upper()),
            _text(device["device_type"]),
            _text(device["status"]),
            _text((device["hub"] or "").upper()),
            _text(" ".join(device["meter_points"])),
        )
        for device in played.lab.inventory.devices()
    )
    return (
        "<h2>Inventory at the end</h2><table><tr><th>device</th><th>type</th><th>status</th>"
        "<th>hub</th><th>MPxN</th></tr>%s</table>" % rows
    )
