"""The demo refuses a taken port before it does anything else."""

import socket

import pytest
from writeoff_setup import demo_command
from writeoff_setup.errors import SetupError


@pytest.fixture
def taken_port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_refused_before_the_long_work(taken_port, monkeypatch):
    monkeypatch.setattr(demo_command, "open_workshop", None)
    with pytest.raises(SetupError, match=f"Port {taken_port} cannot be used.*--port"):
        demo_command.command(["--port", str(taken_port)])


def test_a_number_that_is_no_port_is_refused():
    with pytest.raises(SetupError, match="Port 99999 cannot be used"):
        demo_command.refuse_taken_port(99999)
