"""A domain rests after its share of letters, until a minute has gone by."""

from server.mail.rate_limit import WINDOW, Pace


def test_a_domain_rests_after_its_share_and_is_served_again_after_a_minute() -> None:
    clock = [0.0]
    pace = Pace(2, lambda: clock[0])
    pace.count("busy.example")
    pace.count("quiet.example")
    assert pace.resting() == []
    clock[0] = 30.0
    pace.count("busy.example")
    assert pace.resting() == ["busy.example"]
    clock[0] = WINDOW
    assert pace.resting() == []
    pace.count("busy.example")
    assert pace.resting() == ["busy.example"]
    clock[0] = 3 * WINDOW
    assert pace.resting() == []
