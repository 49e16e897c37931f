# Audit records of an account or an organization, as the person sees them.
# A key is audit-<action>, with - for the dot; -refused if it was refused.

audit-something =
    .fi = Tilillesi tehtiin jotakin muuta: { $action }.
    .sv = Något annat gjordes med ditt konto: { $action }.
    .en = Something else was done to your account: { $action }.

audit-something-refused =
    .fi = Jotakin muuta yritettiin, mutta se ei onnistunut: { $action }.
    .sv = Något annat försök misslyckades: { $action }.
    .en = Something else was tried and failed: { $action }.

audit-session-signIn =
    .fi = Sisäänkirjautuminen.
    .sv = Inloggning.
    .en = Signed in.

audit-session-signIn-refused =
    .fi = Joku yritti kirjautua sisään väärällä salasanalla tai silloin, kun kirjautuminen ei ollut mahdollista.
    .sv = Någon försökte logga in med fel lösenord, eller när inloggning inte var möjlig.
    .en = Somebody tried to sign in with a wrong password, or when signing in was not possible.

audit-session-signOut =
    .fi = Uloskirjautuminen.
    .sv = Utloggning.
    .en = Signed out.

audit-session-signOut-refused =
    .fi = Uloskirjautuminen ei onnistunut.
    .sv = Utloggningen misslyckades.
    .en = Signing out failed.

audit-profile-update =
    .fi = Tietojasi muutettiin.
    .sv = Dina uppgifter ändrades.
    .en = Your details were changed.

audit-profile-update-refused =
    .fi = Tietojesi muuttaminen ei onnistunut.
    .sv = Det gick inte att ändra dina uppgifter.
    .en = A change of your details failed.

audit-account-signUp =
    .fi = Joku yritti luoda tilin sähköpostiosoitteellasi.
    .sv = Någon försökte skapa ett konto med din e-postadress.
    .en = Somebody tried to create an account with your e-mail address.

audit-account-signUp-refused =
    .fi = Tilin luominen ei onnistunut.
    .sv = Det gick inte att skapa ett konto.
    .en = Creating an account failed.

audit-account-emailConfirm =
    .fi = Sähköpostiosoitteesi vahvistettiin.
    .sv = Din e-postadress bekräftades.
    .en = Your e-mail address was confirmed.

audit-account-emailConfirm-refused =
    .fi = Sähköpostiosoitteesi vahvistaminen ei onnistunut.
    .sv = Det gick inte att bekräfta din e-postadress.
    .en = Confirming your e-mail address failed.

audit-account-emailConfirmationResend =
    .fi = Joku pyysi uutta linkkiä sähköpostiosoitteesi vahvistamiseen.
    .sv = Någon bad om en ny länk för att bekräfta din e-postadress.
    .en = Somebody asked for a new link to confirm your e-mail address.

audit-account-emailConfirmationResend-refused =
    .fi = Uuden linkin pyytäminen sähköpostiosoitteesi vahvistamiseen ei onnistunut.
    .sv = Det gick inte att be om en ny länk för att bekräfta din e-postadress.
    .en = Asking for a new link to confirm your e-mail address failed.

audit-account-passwordResetRequest =
    .fi = Joku pyysi linkkiä uuden salasanan asettamiseen.
    .sv = Någon bad om en länk för att välja ett nytt lösenord.
    .en = Somebody asked for a link to set a new password.

audit-account-passwordResetRequest-refused =
    .fi = Linkin pyytäminen uuden salasanan asettamiseen ei onnistunut.
    .sv = Det gick inte att be om en länk för att välja ett nytt lösenord.
    .en = Asking for a link to set a new password failed.

audit-account-passwordReset =
    .fi = Uusi salasana asetettiin viestissämme olleella linkillä. Kaikki laitteet kirjattiin ulos.
    .sv = Ett nytt lösenord valdes med en länk i vårt meddelande. Alla enheter loggades ut.
    .en = A new password was set by a link in our message. All devices were signed out.

audit-account-passwordReset-refused =
    .fi = Uuden salasanan asettaminen viestissämme olleella linkillä ei onnistunut.
    .sv = Det gick inte att välja ett nytt lösenord med en länk i vårt meddelande.
    .en = Setting a new password by a link in our message failed.

audit-account-passwordChange =
    .fi = Salasanasi vaihdettiin. Muut laitteesi kirjattiin ulos.
    .sv = Ditt lösenord byttes. Dina andra enheter loggades ut.
    .en = Your password was changed. Your other devices were signed out.

audit-account-passwordChange-refused =
    .fi = Salasanasi vaihtaminen ei onnistunut.
    .sv = Det gick inte att byta ditt lösenord.
    .en = A change of your password failed.

audit-account-emailChangeRequest =
    .fi = Sähköpostiosoitteesi vaihtoa pyydettiin. Uusi osoite ei ole käytössä ennen kuin se vahvistetaan.
    .sv = Ett byte av din e-postadress begärdes. Den nya adressen används inte förrän den har bekräftats.
    .en = A change of your e-mail address was asked for. The new address is not in use before it is confirmed.

audit-account-emailChangeRequest-refused =
    .fi = Sähköpostiosoitteesi vaihdon pyytäminen ei onnistunut.
    .sv = Det gick inte att begära ett byte av din e-postadress.
    .en = Asking for a change of your e-mail address failed.

audit-account-emailChangeConfirm =
    .fi = Sähköpostiosoitteesi vaihdettiin. Muut laitteesi kirjattiin ulos.
    .sv = Din e-postadress byttes. Dina andra enheter loggades ut.
    .en = Your e-mail address was changed. Your other devices were signed out.

audit-account-emailChangeConfirm-refused =
    .fi = Sähköpostiosoitteesi vaihtaminen ei onnistunut.
    .sv = Det gick inte att byta din e-postadress.
    .en = A change of your e-mail address failed.

audit-account-emailChangeRevert =
    .fi = Sähköpostiosoitteesi vaihto peruttiin linkillä, joka oli viestissämme vanhaan osoitteeseen. Kaikki laitteet kirjattiin ulos, ja salasana lakkasi toimimasta.
    .sv = Bytet av din e-postadress ångrades med länken i vårt meddelande till den gamla adressen. Alla enheter loggades ut, och lösenordet slutade fungera.
    .en = A change of your e-mail address was undone by the link in our message to the old address. All devices were signed out, and the password stopped working.

audit-account-emailChangeRevert-refused =
    .fi = Sähköpostiosoitteesi vaihdon peruminen ei onnistunut.
    .sv = Det gick inte att ångra bytet av din e-postadress.
    .en = Undoing a change of your e-mail address failed.

audit-account-secure =
    .fi = Viestiimme vastattiin ”Se en ollut minä”. Kaikki laitteet kirjattiin ulos, ja salasana lakkasi toimimasta.
    .sv = Någon svarade ”Det var inte jag” på vårt meddelande. Alla enheter loggades ut, och lösenordet slutade fungera.
    .en = Somebody answered our message with “This was not me”. All devices were signed out, and the password stopped working.

audit-account-secure-refused =
    .fi = Vastaus ”Se en ollut minä” viestiimme ei mennyt perille.
    .sv = Svaret ”Det var inte jag” på vårt meddelande gick inte igenom.
    .en = Answering our message with “This was not me” failed.

audit-account-discard =
    .fi = Tili poistettiin, koska kukaan ei ollut vahvistanut sen sähköpostiosoitetta.
    .sv = Kontot raderades, eftersom ingen hade bekräftat dess e-postadress.
    .en = The account was erased, because nobody had confirmed its e-mail address.

audit-account-close =
    .fi = Tilisi suljettiin. Sen voi avata uudelleen viestissämme olevalla linkillä, kunnes se poistetaan.
    .sv = Ditt konto stängdes. Det kan öppnas på nytt med länken i vårt meddelande tills det raderas.
    .en = Your account was closed. It can be opened again by the link in our message until it is erased.

audit-account-close-refused =
    .fi = Tilisi sulkeminen ei onnistunut.
    .sv = Det gick inte att stänga ditt konto.
    .en = Closing your account failed.

audit-account-closeUndo =
    .fi = Tilisi avattiin uudelleen viestissämme olleella linkillä.
    .sv = Ditt konto öppnades på nytt med länken i vårt meddelande.
    .en = Your account was opened again by the link in our message.

audit-account-closeUndo-refused =
    .fi = Tilisi avaaminen uudelleen ei onnistunut.
    .sv = Det gick inte att öppna ditt konto på nytt.
    .en = Opening your account again failed.

audit-account-erase =
    .fi = Tilisi poistettiin.
    .sv = Ditt konto raderades.
    .en = Your account was erased.

audit-account-export =
    .fi = Tiedoistasi tehtiin sinulle kopio.
    .sv = En kopia av dina uppgifter gjordes åt dig.
    .en = A copy of your data was made for you.

audit-account-export-refused =
    .fi = Kopion tekeminen tiedoistasi ei onnistunut.
    .sv = Det gick inte att göra en kopia av dina uppgifter.
    .en = Making a copy of your data failed.

audit-account-import =
    .fi = Tilisi valmisteltiin vanhan tunnuksesi tiedoista.
    .sv = Ditt konto förbereddes utifrån uppgifterna om din gamla kod.
    .en = Your account was prepared from the details of your old code.

audit-account-importCorrect =
    .fi = Valmisteltua tiliä korjattiin vanhan tunnuksesi tiedoista.
    .sv = Det förberedda kontot rättades utifrån uppgifterna om din gamla kod.
    .en = The prepared account was corrected from the details of your old code.

audit-staff-grant =
    .fi = Sinulle annettiin rooli henkilökunnassamme.
    .sv = Du fick en roll i vår personal.
    .en = You were given a role in our staff.

audit-staff-revoke =
    .fi = Roolisi henkilökunnassamme päättyi.
    .sv = Din roll i vår personal upphörde.
    .en = Your role in our staff ended.

audit-demo-load =
    .fi = Esittelyhenkilöt luotiin.
    .sv = Demopersonerna skapades.
    .en = The demo people were created.

audit-session-refresh =
    .fi = Laite pysyi kirjautuneena.
    .sv = En enhet förblev inloggad.
    .en = A device stayed signed in.

audit-session-refresh-refused =
    .fi = Laitteen pitäminen kirjautuneena ei onnistunut.
    .sv = Det gick inte att hålla en enhet inloggad.
    .en = Keeping a device signed in failed.

audit-session-revoke =
    .fi = Yksi laite kirjattiin ulos.
    .sv = En enhet loggades ut.
    .en = One device was signed out.

audit-session-revoke-refused =
    .fi = Laitteen kirjaaminen ulos ei onnistunut.
    .sv = Det gick inte att logga ut en enhet.
    .en = Signing a device out failed.

audit-session-revokeOthers =
    .fi = Muut laitteesi kirjattiin ulos.
    .sv = Dina andra enheter loggades ut.
    .en = Your other devices were signed out.

audit-session-revokeOthers-refused =
    .fi = Muiden laitteidesi kirjaaminen ulos ei onnistunut.
    .sv = Det gick inte att logga ut dina andra enheter.
    .en = Signing your other devices out failed.

audit-session-revokeAll =
    .fi = Henkilökuntamme kirjasi kaikki laitteesi ulos.
    .sv = Vår personal loggade ut alla dina enheter.
    .en = Our staff signed out all your devices.

audit-session-revokeFamily =
    .fi = Kirjasimme laitteen ulos, koska avainta, joka pitää sen kirjautuneena, käytettiin kahdesti.
    .sv = Vi loggade ut en enhet, eftersom nyckeln som håller den inloggad användes två gånger.
    .en = We signed out a device, because the key that keeps it signed in was used twice.

audit-session-reauthenticate =
    .fi = Salasana annettiin uudelleen.
    .sv = Lösenordet angavs på nytt.
    .en = The password was entered again.

audit-session-reauthenticate-refused =
    .fi = Salasanaa kysyttiin uudelleen, ja annettu salasana oli väärä.
    .sv = Ett fel lösenord angavs när vi bad om det på nytt.
    .en = A wrong password was entered when we asked for it again.

audit-email-undeliverable =
    .fi = Viestiä ei voitu toimittaa sähköpostiosoitteeseesi.
    .sv = Ett meddelande kunde inte levereras till din e-postadress.
    .en = A message could not be delivered to your e-mail address.

audit-organization-atRisk =
    .fi = Sinulle lähetetty sähköposti palautuu, eikä organisaatiolla, jonka pääkäyttäjä olet, ole muuta tavoitettavaa pääkäyttäjää. Asiasta kerrottiin organisaation jäsenille.
    .sv = E-posten till dig kommer i retur, och en organisation som du administrerar har ingen annan administratör som kan nås. Organisationens medlemmar har fått ett meddelande.
    .en = E-mail to you is returned to us, and an organization that you administer has no other administrator who can be reached. Its members were told.

audit-organization-restore =
    .fi = Organisaatiolla, jonka pääkäyttäjä olet, on taas tavoitettava pääkäyttäjä.
    .sv = En organisation som du administrerar har åter en administratör som kan nås.
    .en = An organization that you administer has an administrator who can be reached again.

audit-organization-vacate =
    .fi = Organisaatio, jonka pääkäyttäjä olit, jäi ilman pääkäyttäjää. Asiasta kerrottiin sen jäsenille.
    .sv = En organisation som du administrerade står utan administratör. Dess medlemmar har fått ett meddelande.
    .en = An organization that you administered was left without an administrator. Its members were told.

audit-organization-update =
    .fi = Organisaation yhteystietoja tai viestien kieltä muutettiin.
    .sv = Organisationens kontaktuppgifter eller språket för dess meddelanden ändrades.
    .en = The organization's contact details or the language of its messages were changed.

audit-organization-update-refused =
    .fi = Organisaation tietojen muuttaminen ei onnistunut.
    .sv = Det gick inte att ändra organisationens uppgifter.
    .en = A change of the organization's details failed.
