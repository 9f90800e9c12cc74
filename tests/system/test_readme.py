"""What the README shows is what is printed."""

import pathlib

from gbcs_host import cli

README = (pathlib.Path(__file__).parents[2] / "README.md").read_text()


def test_the_transcript_is_what_the_command_prints(shared, capsys):
    block = next(part for part in README.split("```") if part.strip().startswith("$ gbcs decode"))
    command, *shown = [line for line in block.strip().splitlines() if line.strip() != "..."]
    name = command.split()[-1]
    path = next((shared / "rtds" / "messages").glob("*/" + name))
    keys = shared / "rtds" / "keystore"
    assert cli.main(["decode", "--keystore", str(keys), str(path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    at = 0
    for line in shown:
        assert line in printed[at:], line
        at = printed.index(line, at) + 1


def test_the_transcript_of_the_triage_is_what_it_prints(capsys):
    block = next(part for part in README.split("```") if part.strip().startswith("$ gbcs run"))
    _, *shown = [line for line in block.strip().splitlines() if line.strip() != "..."]
    assert cli.main(["run", "triage"]) == 0
    printed = capsys.readouterr().out.splitlines()
    at = printed.index(shown[0])
    start = printed.index(shown[1], at)
    assert printed[start : start + len(shown) - 1] == shown[1:]


def test_the_commands_in_the_table_are_those_there_are():
    for name, _ in cli.COMMANDS:
        assert "`gbcs %s" % name in README, name
