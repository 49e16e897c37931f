"""The version of the program, as the installed package states it."""

from importlib.metadata import version

VERSION = version("omaposti-accounts")
