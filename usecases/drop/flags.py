"""What can be noticed about a row: each flag with its meaning, in the order in which reports list them."""

from collections.abc import Iterable
from enum import StrEnum


class Flag(StrEnum):
    """A fact about a row; a member's place is its place in every list of flags."""

    COLUMN_COUNT = "COLUMN_COUNT"  # more or fewer columns than the format has
    LINE_TOO_LONG = "LINE_TOO_LONG"  # longer than any honest row
    NUL_BYTE = "NUL_BYTE"  # a character that no text has
    MALFORMED_ROW = "MALFORMED_ROW"  # not JSON, an unclosed quotation, or a field of the wrong kind
    DUPLICATE_IN_FILE = "DUPLICATE_IN_FILE"  # an earlier row of the file says the same of the same code
    DUPLICATE_DIFFERS = "DUPLICATE_DIFFERS"  # another row of the file says something else of the same code
    CHARSET_CP1252_IN_LATIN1 = "CHARSET_CP1252_IN_LATIN1"  # declared ISO-8859-1, read as Windows-1252
    FORMULA = "FORMULA"  # a cell that a spreadsheet would run
    SERVICE_MISMATCH = "SERVICE_MISMATCH"  # the row names another service than the manifest does
    SHARED_DECLARED = "SHARED_DECLARED"  # the service itself says that several persons use the code
    CODE_MISSING = "CODE_MISSING"
    CODE_INVALID = "CODE_INVALID"
    CODE_UPPERCASED = "CODE_UPPERCASED"  # the service compares codes without case
    CODE_LOCKED = "CODE_LOCKED"  # locked by the service; never becomes active by itself
    EMAIL_TRIMMED = "EMAIL_TRIMMED"
    EMAIL_CASEFOLDED = "EMAIL_CASEFOLDED"
    EMAIL_IDN = "EMAIL_IDN"  # a domain with letters outside ASCII, kept readable
    EMAIL_MISSING = "EMAIL_MISSING"
    EMAIL_MULTIPLE = "EMAIL_MULTIPLE"  # several addresses in a cell; a person chooses
    EMAIL_INVALID = "EMAIL_INVALID"
    EMAIL_MIXED_SCRIPT = "EMAIL_MIXED_SCRIPT"  # letters of two alphabets that look alike
    EMAIL_CONFUSABLE_WITH = "EMAIL_CONFUSABLE_WITH"  # reads like the address of the consumer named
    ROLE_MAILBOX = "ROLE_MAILBOX"  # info@, varasto@: read by whoever has the duty
    NAME_NOT_PERSON = "NAME_NOT_PERSON"
    SHARED_SUSPECTED = "SHARED_SUSPECTED"  # a role mailbox under a name that is no person's
    BUSINESS_ID_MISSING = "BUSINESS_ID_MISSING"
    BUSINESS_ID_INVALID = "BUSINESS_ID_INVALID"
    BUSINESS_ID_PADDED = "BUSINESS_ID_PADDED"  # the old form of six digits
    BUSINESS_ID_CHECK_DIGIT = "BUSINESS_ID_CHECK_DIGIT"
    VAT_IN_BUSINESS_ID = "VAT_IN_BUSINESS_ID"  # a VAT number in the column for Business IDs
    FOREIGN_ORG = "FOREIGN_ORG"  # another country's VAT number
    ORG_NOT_IN_REGISTER = "ORG_NOT_IN_REGISTER"  # a valid Business ID that the register files don't have
    EMAIL_DOMAIN_TYPO_SUSPECTED = "EMAIL_DOMAIN_TYPO_SUSPECTED"  # one slip from a well-known provider
    PERSONAL_ID_REDACTED = "PERSONAL_ID_REDACTED"  # a personal identity code stood here and was dropped
    ROLE_UNKNOWN = "ROLE_UNKNOWN"  # a role without a meaning for us, or two that disagree; the least one is proposed
    ORG_LIQUIDATION = "ORG_LIQUIDATION"
    ORG_BANKRUPT = "ORG_BANKRUPT"
    ORG_CEASED = "ORG_CEASED"
    CODE_DORMANT = "CODE_DORMANT"  # not used in the two years before the drop was produced
    DATE_SENTINEL = "DATE_SENTINEL"  # 1.1.1900 and the like: never
    DATE_INVALID = "DATE_INVALID"
    LANGUAGE_MISSING = "LANGUAGE_MISSING"
    LANGUAGE_ALIAS = "LANGUAGE_ALIAS"
    LANGUAGE_INVALID = "LANGUAGE_INVALID"
    LANGUAGE_UNSUPPORTED = "LANGUAGE_UNSUPPORTED"  # kept as a wish; texts fall back to Finnish
    PHONE_INVALID = "PHONE_INVALID"
    PHONE_SEVERAL = "PHONE_SEVERAL"
    NUMBER_INVALID = "NUMBER_INVALID"  # a customer or contract number that is none
    NUMBER_SCIENTIFIC = "NUMBER_SCIENTIFIC"  # a spreadsheet has rounded the number
    PREHIJACK_RISK = "PREHIJACK_RISK"  # nobody has shown that the mailbox is hers; whoever signed up may be another
    EMAIL_TAKEN_OTHER_NAME = "EMAIL_TAKEN_OTHER_NAME"  # the account with this address is under another name
    EMAIL_SHARED_BY_PERSONS = "EMAIL_SHARED_BY_PERSONS"  # rows of different persons give one address
    CONSUMER_UNVERIFIED = "CONSUMER_UNVERIFIED"  # the account with this address has not shown that it reads it
    ACCOUNT_CLOSED = "ACCOUNT_CLOSED"  # the account with this address is closed or suspended
    NAME_MISSING = "NAME_MISSING"
    NAME_INVALID = "NAME_INVALID"  # control or invisible characters, or too long
    NAME_NFC = "NAME_NFC"  # letters in two parts, composed
    NAME_ORDER = "NAME_ORDER"  # family name first here, last in the account's row
    NAME_INITIAL_ONLY = "NAME_INITIAL_ONLY"
    ORG_NAME_INVALID = "ORG_NAME_INVALID"
    ORG_NAME_DIFFERS = "ORG_NAME_DIFFERS"  # none of the names in the register
    POSSIBLE_SAME_PERSON = "POSSIBLE_SAME_PERSON"  # the organization has an account of this name with another address
    ADMIN_UNREACHABLE = "ADMIN_UNREACHABLE"  # an administrator whom no mail reaches
    HASH_WEAK = "HASH_WEAK"  # without a salt: broken the day it leaks
    HASH_2Y = "HASH_2Y"  # PHP's own name for bcrypt
    HASH_UNRECOGNISED = "HASH_UNRECOGNISED"  # dropped: it may be the password itself
    HASH_TOO_EXPENSIVE = "HASH_TOO_EXPENSIVE"  # dropped: computing it would stop every sign-in
    NO_LEGACY_HASH = "NO_LEGACY_HASH"  # the old code cannot be proven by its password
    SUPERSEDED = "SUPERSEDED"  # a newer file of the service came before this row was decided
    ROW_VANISHED = "ROW_VANISHED"  # a newer file of the service does not have the code; it stays linked


# A person must look before anything is proposed to anybody.
REVIEW_REASONS = frozenset(
    {
        Flag.DUPLICATE_DIFFERS,
        Flag.FORMULA,
        Flag.SERVICE_MISMATCH,
        Flag.CODE_LOCKED,
        Flag.EMAIL_MIXED_SCRIPT,
        Flag.EMAIL_CONFUSABLE_WITH,
        Flag.EMAIL_DOMAIN_TYPO_SUSPECTED,
        Flag.ROLE_MAILBOX,
        Flag.NAME_NOT_PERSON,
        Flag.NAME_MISSING,
        Flag.NAME_INVALID,
        Flag.ROLE_UNKNOWN,
        Flag.NUMBER_INVALID,
        Flag.NUMBER_SCIENTIFIC,
        Flag.ORG_LIQUIDATION,
        Flag.ORG_BANKRUPT,
        Flag.ORG_CEASED,
        Flag.EMAIL_TAKEN_OTHER_NAME,
        Flag.EMAIL_SHARED_BY_PERSONS,
        Flag.CONSUMER_UNVERIFIED,
        Flag.ACCOUNT_CLOSED,
    }
)

_PLACES = {flag.value: place for place, flag in enumerate(Flag)}


def ordered(flags: Iterable[str]) -> list[str]:
    """Give each flag once, in the order of the catalogue; what follows a colon does not count."""
    return sorted(set(flags), key=lambda flag: (_PLACES[flag.partition(":")[0]], flag))


def is_review_reason(flag: str) -> bool:
    """Tell whether a flag alone sends its row to review."""
    return flag.partition(":")[0] in REVIEW_REASONS
