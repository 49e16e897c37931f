"""Outcomes of rows and faults of files in plain words: the terminal and docs/outcomes.md both print these texts."""

from typing import NamedTuple

from models.drop import Outcome


class Meaning(NamedTuple):
    """An outcome's meaning, the next step, and the people who must act."""

    meaning: str
    next_step: str
    who: str


OUTCOMES: dict[Outcome, Meaning] = {
    Outcome.CREATE_PENDING: Meaning(
        "The code belongs to one person, and nobody has proved the row's address yet. A pending account was made for "
        "it; `joins` names the row whose details the account takes, when that is another row.",
        "The account and its memberships stay dormant until the person confirms the address and sets a password. All "
        "codes with this address wait for the same confirmation.",
        "The person, when a message of the renewal asks them. Staff need do nothing.",
    ),
    Outcome.LINK_EXISTING_PENDING: Meaning(
        "The address is that of an account whose owner has proved it: an active account, or a verified consumer, whose "
        "code `account` names.",
        "The code is a candidate. It opens nothing of the account until the owner confirms that it is theirs.",
        "The account's owner, signed in to the account. Staff need do nothing.",
    ),
    Outcome.NEEDS_EMAIL: Meaning(
        "The row has no usable address: none, an invalid one, or several (`candidates`), of which none is picked.",
        "No account is made. The code waits, and is decided again when a newer file gives one address.",
        "The organization's administrator, or customer service, asks the person for their own address; the sender "
        "puts it into the next file.",
    ),
    Outcome.NEEDS_REVIEW: Meaning(
        "There are reasons against proposing the code to anybody; the row's flags name them.",
        "No account and no link is made. The row is decided again when a newer file or register removes the doubt.",
        "A renewal operator looks at the flags that are marked *review*, and asks the sender for a corrected row.",
    ),
    Outcome.SHARED_SPLIT: Meaning(
        "Several persons use the code: the service declares it, or the address is a role mailbox and the name is not "
        "a person's.",
        "The code is never linked to one person. Its accesses are divided among named persons.",
        "The organization's administrator names those persons.",
    ),
    Outcome.ORG_UNRESOLVED: Meaning(
        "The row's organization is unknown: no valid Business ID, another country's number, or a company that no "
        "register file has.",
        "No account is made. The row is decided again when a newer file corrects the number, or a newer register has "
        "the company.",
        "The sender corrects the number, or a renewal operator imports a newer register. Staff handle foreign "
        "organizations one by one.",
    ),
    Outcome.SYSTEM_CREDENTIAL: Meaning(
        "A machine signs in with the code, not a person.",
        "The code is kept separately. It is not linked to an account, and not retired with the persons' codes.",
        "The organization's technical contact and the service agree on a replacement. Nobody gets a message.",
    ),
    Outcome.IMPORT_CONSUMER: Meaning(
        "A consumer who has proved the address to the old service.",
        "A pending account has their details. It stays dormant until they confirm the address and set a password.",
        "The person, when a message of the renewal asks them. Staff need do nothing.",
    ),
    Outcome.IMPORT_CONSUMER_UNVERIFIED: Meaning(
        "A consumer who has never proved the address, so that another person may have typed it.",
        "A pending account has their details, but no other code is linked to it: codes with the same address go to "
        "review until the mailbox's owner confirms.",
        "The person who reads the mailbox. Staff need do nothing about this row.",
    ),
    Outcome.NOOP_DUPLICATE: Meaning(
        "An earlier row of the file has the same content for the same code, or a newer file replaced this row.",
        "Nothing: the other row counts.",
        "Nobody. A sender who repeats many rows may look at their export.",
    ),
    Outcome.REJECT_ROW: Meaning(
        "The row cannot be read: columns, characters or the code itself are wrong.",
        "Nothing of the row is stored. The first import of the drop ends with exit code 1.",
        "The sender corrects the row in the next file.",
    ),
}

FAULTS: dict[str, str] = {
    "MISSING": "The folder has no such file, or a link in its place. Ask the sender for the file.",
    "UNREADABLE": "The file is a pipe, a device or a folder, or the system refuses to read it. Put an ordinary, "
    "readable file in its place.",
    "CHECKSUM": "The content does not match the manifest's sha256. Transfer the file again.",
    "CHANGED": "The file changed while it was read, so nothing of it was stored. Wait for the transfer to end, and "
    "run the import again.",
    "ROW_COUNT": "The file has more or fewer rows than the manifest says. Ask the sender for the whole file.",
    "COLUMNS": "The header does not name the agreed columns. Ask the sender for the agreed layout.",
    "ENCODING": "The bytes are not text in the declared encoding. Ask the sender for the file in that encoding.",
    "DAMAGED_TEXT": "Letters were lost or decoded wrongly before we got the file. Ask the sender for the file again.",
    "TOO_MANY_REJECTS": "More than one row in four cannot be read. Check the delimiter and the format.",
    "UNKNOWN_SERVICE": "The manifest names a service that does not exist. Ask the sender to correct the manifest.",
    "OLDER_SEQUENCE": "A file of the service with this sequence or a newer one is imported already. Ask the sender for "
    "a newer file.",
}
