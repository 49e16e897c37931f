# Why a deed was refused, and what to do. The keys are the codes of the values and deeds that refuse.

SIGN_IN_FAILED = The e-mail address and password do not belong together. Check both, or set a new password.
PROFILE_CHANGED_MEANWHILE = Your details were changed somewhere else meanwhile. Look at them as they are now and make your change again.
REQUIRED = This cannot be empty. Leave it out to keep it as it is.
TEXT_TOO_LONG = Shorten the text.
TEXT_FORBIDDEN_CHARACTER = Remove line breaks and invisible characters, or type the text again by hand.
NAME_MISSING = Give a name of 1–100 characters.
NAME_WITHOUT_LETTERS = Write the name with letters.
PHONE_INVALID = Check the phone number; write a foreign one with + and its country code.
PHONE_LETTERS = Write the phone number with digits only, for example 040 123 4567.
PHONE_SEVERAL = Give one phone number and leave the others out.
PERSONAL_IDENTITY_CODE = Leave the personal identity code out: we never keep it. If this is a phone number, write it without a dash.
ACCOUNT_NOT_FOUND = No active account has this e-mail address. Ask the person to sign up and confirm the address first.
SESSION_ENDED = This sign-in has ended. Sign in again.
SESSION_NOT_FOUND = There is no such sign-in of yours any more. Look at the list as it is now.
REAUTHENTICATION_REQUIRED = Give your password once more first, then do this again within ten minutes.
PASSWORD_WRONG = This is not your password. Check it, or set a new one.
EMAIL_MISSING = Give an e-mail address.
EMAIL_INVALID = Write one e-mail address in the form name@company.fi.
EMAIL_NON_ASCII_LOCAL_PART = Use only plain letters, digits and .-_+ before the @ sign.
EMAIL_UNCHANGED = This is your e-mail address already. Give another one.
EMAIL_TAKEN = Another account has this e-mail address. Sign in to that account, or choose another address.
ROLE_MAILBOX = This looks like a mailbox that several people read, and whoever reads it can get into the account. Give your own address, or acknowledge that you want to use this one.
TOKEN_INVALID = This link has been used, has expired or was replaced by a newer one. Ask for a new one.
SIGN_UP_PASSWORD_WRONG = This is not the password that was chosen at sign-up. Type it again, or set a new password here.
SIGN_UP_PASSWORD_MISSING = Give the password that you chose at sign-up, or set a new password and your name.
PASSWORD_TOO_SHORT = Use at least 15 characters; several words in a row are easy to remember.
PASSWORD_TOO_LONG = Use at most 1,024 characters.
PASSWORD_COMMON = This password is easy to guess. Use more words that do not belong together.
PASSWORD_BREACHED = This password has leaked from some other service and is among the first that are tried. Choose another.
PASSWORD_PERSONAL = Leave your name, your e-mail address, your organization and the name of our service out of the password.
PASSWORD_OF_OLD_CODE = This is the password of an old code of yours. Choose a new one.
WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = You are the only administrator of: { $organizations }. Appoint another administrator first, or confirm that the organization is left without one.
RATE_LIMITED = Too many attempts. Wait { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}, then try again.
