# Why an action was refused, and what to do next. The keys are the codes of the values and actions that refuse.

SIGN_IN_FAILED = The e-mail address or the password is wrong. Check both, or set a new password.
ACCOUNT_CLOSED = Your account is closed. To open it again, use the link in our message about the closing; the link works until { $until }. If you cannot find the message, ask for a new password, and we send you a new link.
PROFILE_CHANGED_MEANWHILE = Your details have been changed somewhere else. Look at them as they are now, and make your change again.
REQUIRED = This cannot be empty. Leave the field out if you do not want to change it.
TEXT_TOO_LONG = Shorten the text.
TEXT_FORBIDDEN_CHARACTER = Remove line breaks and invisible characters, or type the text again by hand.
NAME_MISSING = Give a name of 1–100 characters.
NAME_WITHOUT_LETTERS = Write the name with letters.
PHONE_INVALID = Check the phone number; write a foreign one with + and its country code.
PHONE_LETTERS = Write the phone number with digits only, for example 040 123 4567.
PHONE_SEVERAL = Give one phone number and leave the others out.
PERSONAL_IDENTITY_CODE = Leave the personal identity code out: we never keep it. If this is a phone number, write it without a dash.
IDEMPOTENCY_KEY_INVALID = Give an idempotency key of 16–200 characters, for example a random UUID.
IDEMPOTENCY_KEY_REUSED = This idempotency key was used with other details already. Make a new key and send again.
NOT_FOUND = There is nothing with this id, or it is not visible to you. Reload the list and choose from it.
ACCOUNT_NOT_FOUND = No active account has this e-mail address. Ask the person to create an account and confirm the address first.
SESSION_ENDED = You are no longer signed in. Sign in again.
SESSION_NOT_FOUND = That device is already signed out. Reload the list.
REAUTHENTICATION_REQUIRED = Give your password once more, and then do this again within ten minutes.
PASSWORD_WRONG = This is not your password. Check it, or set a new one.
EMAIL_MISSING = Give an e-mail address.
EMAIL_INVALID = Write one e-mail address in the form name@company.fi.
EMAIL_NON_ASCII_LOCAL_PART = Use only plain letters, digits and .-_+ before the @ sign.
EMAIL_ENCODED_WORD = Messages cannot reach an address that has =? in it. Check the address, or give another one.
EMAIL_UNCHANGED = This is your e-mail address already. Give another one.
EMAIL_TAKEN = Another account has this e-mail address. Sign in to that account, or choose another address.
ROLE_MAILBOX = Several people seem to read this e-mail, and each of them can get into the account. Give an e-mail address of your own, or confirm that you want to use this one.
TOKEN_INVALID = This link has been used, has expired or has been replaced by a newer one. Ask for a new link.
SIGN_UP_PASSWORD_WRONG = This is not the password that was chosen when the account was created. Type it again, or set a new password here.
SIGN_UP_PASSWORD_MISSING = Give the password that you chose when you created the account, or set a new password and give your name.
PASSWORD_TOO_SHORT = Use at least 15 characters; several words in a row are easy to remember.
PASSWORD_TOO_LONG = Use at most 1,024 characters.
PASSWORD_COMMON = This password is easy to guess. Use more words that do not belong together.
PASSWORD_BREACHED = This password has leaked from another service and is among the first that thieves try. Choose another one.
PASSWORD_PERSONAL = Somebody who knows you tries this first: { $words }. The rest of the password is too easy to guess. Add words that have nothing to do with you.
PASSWORD_OF_OLD_CODE = This is the password of your old code. Choose a new one.
WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = You are the only administrator of: { $organizations }. Appoint another administrator first, or confirm that the organization is left without one.
RATE_LIMITED = Too many tries. Wait { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}, then try again.
