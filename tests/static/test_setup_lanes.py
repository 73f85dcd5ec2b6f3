"""Work beside other work, and the progress lines of both."""

import time

import pytest
from writeoff_setup.errors import SetupError
from writeoff_setup.lanes import beside


def test_both_are_done_at_the_end(run):
    done = []

    def work():
        time.sleep(0.2)
        done.append("beside")

    with beside(run, work):
        done.append("body")
    assert done == ["body", "beside"]


def test_what_fails_beside_is_raised(run):
    def work():
        raise SetupError("Nothing works.")

    with pytest.raises(SetupError, match="Nothing works"), beside(run, work):
        pass


def test_an_interruption_ends_the_programs_of_both(run):
    started = time.monotonic()
    left = []

    def work():
        try:
            run.call(["sleep", "60"], "Sleeping")
        except SetupError as error:
            left.append(error)
        run.call(["sleep", "60"], "Sleeping again")

    with pytest.raises(KeyboardInterrupt), beside(run, work):
        time.sleep(0.3)
        raise KeyboardInterrupt
    assert len(left) == 1
    assert time.monotonic() - started < 30


def test_a_line_is_finished_where_nothing_came_between(run, capsys):
    with run.step("One thing"):
        pass
    assert capsys.readouterr().out == "One thing ... 0.0 s\n"


def test_lines_of_two_things_do_not_mix(run, capsys):
    with run.step("First"), run.step("Second"):
        run.say("A word")
    assert capsys.readouterr().out.splitlines() == [
        "First ...",
        "Second ...",
        "A word",
        "Second: 0.0 s",
        "First: 0.0 s",
    ]


def test_a_failed_step_says_so(run, capsys):
    with pytest.raises(SetupError), run.step("One thing"):
        raise SetupError("No.")
    assert capsys.readouterr().out == "One thing ... failed\n"
