"""Version of the program, from the installed package."""

from importlib.metadata import version

VERSION = version("omaposti-accounts")
