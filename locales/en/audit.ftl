# What happened to a person's account, in her words. A key is audit-<action>, with - for the dot; -refused when it was refused.

audit-something = Something else was done to your account: { $action }.
audit-something-refused = Something else was attempted and refused: { $action }.
audit-session-signIn = Signed in.
audit-session-signIn-refused = Somebody tried to sign in, with a wrong password or while it was not possible.
audit-session-signOut = Signed out.
audit-session-signOut-refused = Signing out was refused.
audit-profile-update = Your details were changed.
audit-profile-update-refused = A change of your details was refused.
audit-account-close = Your account was closed. It can be opened again by the link in the mail until it is erased.
audit-account-close-refused = Closing your account was refused.
audit-account-closeUndo = Your account was opened again by the link in the mail.
audit-account-closeUndo-refused = Opening your account again was refused.
audit-account-erase = Your account was erased.
audit-account-export = A copy of your data was made for you.
audit-account-export-refused = Making a copy of your data was refused.
audit-account-import = Your account was prepared from an old code of yours.
audit-account-importCorrect = The prepared account was corrected from an old code of yours.
audit-staff-grant = You were given a role of the post's own staff.
audit-demo-load = The demo people were created.
