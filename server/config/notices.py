"""Warnings at the start in production: settings that are missing, each with its consequence."""

from collections.abc import Callable

import structlog

from server.config.settings import NOBODY_YET, Settings

log = structlog.get_logger()

_CONSEQUENCES: dict[str, tuple[Callable[[Settings], bool], str]] = {
    "DATABASE_URL": (
        lambda settings: settings.database_url is None,
        "the embedded PostgreSQL in OMAPOSTI_DATA_DIR is used, which nobody backs up",
    ),
    "OMAPOSTI_SMTP_URL": (
        lambda settings: settings.smtp_url is None,
        "no mail goes out from here; messages wait for an `omaposti worker` that has it",
    ),
    "OMAPOSTI_PUBLIC_URL": (
        lambda settings: settings.public_url is None,
        "links in messages would lead to this server's own address; `omaposti worker` refuses to start",
    ),
    "OMAPOSTI_MAIL_FROM": (
        lambda settings: settings.mail_from == NOBODY_YET,
        "messages have no sender that takes bounces; `omaposti worker` refuses to start",
    ),
    "OMAPOSTI_ALLOWED_ORIGINS": (
        lambda settings: not settings.allowed_origins,
        "no browser page may sign in with a cookie",
    ),
    "OMAPOSTI_TRUSTED_PROXIES": (
        lambda settings: not settings.trusted_proxies,
        "behind a proxy, all callers count as one address",
    ),
    "OMAPOSTI_RATE_LIMIT_URL": (
        lambda settings: settings.rate_limit_url is None,
        "each server process counts attempts for itself",
    ),
}


def log_what_is_not_configured(settings: Settings) -> None:
    """Log a warning for each setting that production needs and does not have."""
    if settings.environment != "production":
        return
    for variable, (is_missing, consequence) in _CONSEQUENCES.items():
        if is_missing(settings):
            log.warning("not configured", setting=variable, consequence=consequence)
