"""What is logged when something breaks: where, and never what with."""

import structlog


def _open(password: str) -> None:
    raise ValueError(f"the door is locked for {len(password)} letters")


def test_a_traceback_in_the_log_shows_no_values(capsys):
    password = "-".join(["paper", "and", "ink"])
    try:
        _open(password)
    except ValueError:
        structlog.get_logger().warning("did not open", exc_info=True)
    told = capsys.readouterr().out
    assert "the door is locked" in told
    assert "test_log.py" in told
    assert password not in told
