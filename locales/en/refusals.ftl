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
