"""Cookies of one request as resolvers know them; the HTTP layer fills the record and writes headers from it."""

from dataclasses import dataclass

from auth.viewer import CookieRefusal


@dataclass(slots=True)
class Cookies:
    """Device secret that the request brought, and the cookies that its response sets."""

    refusal: CookieRefusal | None = None  # the reason why the response may set no cookie
    device: str | None = None  # the secret by which an earlier sign-in from this browser is recognised
    new_session: str | None = None
    new_device: str | None = None
    clears_session: bool = False

    def set_session(self, secret: str, device: str | None) -> None:
        """Set the cookie of a session, and the cookie of its device if that has a new secret."""
        self.new_session, self.new_device, self.clears_session = secret, device, False

    def clear_session(self) -> None:
        """Set no session cookie, and remove any that the browser has.

        A request that may not set a cookie did not authenticate by one: the browser's cookie is another session's.
        """
        self.new_session, self.clears_session = None, self.clears_session or self.refusal is None
