"""Rate limits by kind of bucket; `auth/rate_limiter.py` counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The most attempts for each kind of bucket, and their period: `10 per 15 minutes`."""

    sign_in_account_from: str = "10 per 15 minutes"  # one account, tried from one address
    sign_in_address: str = "300 per 15 minutes"  # whole companies share one address
    sign_in_account: str = "100 per hour"  # from everywhere but known devices
    sign_in_device: str = "20 per 15 minutes"
    reauthentication: str = "10 per 15 minutes"
    mail_to_from: str = "2 per hour"  # must stay below `mail_to`, or one address could use up a mailbox's limit
    mail_to: str = "3 per hour"
    operation: str = "60 per 15 minutes"
    refresh: str = "3000 per 15 minutes"  # whole mobile networks share one address
    document: str = "300 per minute"  # documents not parsed before, from one address; the worst take 0.1 s each
