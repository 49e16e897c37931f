"""A domain at its limit gets no messages until a minute has passed."""

from server.mail.rate_limit import WINDOW, DomainRateLimit


def test_domain_at_its_limit_is_served_again_after_a_minute() -> None:
    clock = [0.0]
    domain_limit = DomainRateLimit(2, lambda: clock[0])
    domain_limit.record("busy.example")
    domain_limit.record("quiet.example")
    assert domain_limit.exhausted() == []
    clock[0] = 30.0
    domain_limit.record("busy.example")
    assert domain_limit.exhausted() == ["busy.example"]
    clock[0] = WINDOW
    assert domain_limit.exhausted() == []
    domain_limit.record("busy.example")
    assert domain_limit.exhausted() == ["busy.example"]
    clock[0] = 3 * WINDOW
    assert domain_limit.exhausted() == []
