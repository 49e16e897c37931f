"""How often what is rate limited may be done; `auth/rate_limiter.py` counts it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimits:
    """How many attempts each kind of bucket allows in how long: `10 per 15 minutes`."""

    sign_in_account_from: str = "10 per 15 minutes"  # one account, tried from one address
    sign_in_address: str = "300 per 15 minutes"  # whole companies share one
    sign_in_account: str = "100 per hour"  # from everywhere but the devices it knows
    sign_in_device: str = "20 per 15 minutes"
    reauthentication: str = "10 per 15 minutes"
    mail_to_from: str = "2 per hour"  # below the next, so that nobody uses it up from one address
    mail_to: str = "3 per hour"
    operation: str = "60 per 15 minutes"
    refresh: str = "3000 per 15 minutes"  # whole mobile networks share one address
    document: str = "300 per minute"  # that the server has not read yet, from one address; the worst take 0.1 s each
