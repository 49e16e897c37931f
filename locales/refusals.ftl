# Reasons of refusals, each with the next step. The keys are the codes of the values and actions that refuse.

SIGN_IN_FAILED =
    .fi = Sähköpostiosoite tai salasana on väärä. Tarkista molemmat tai aseta uusi salasana.
    .sv = E-postadressen eller lösenordet är fel. Kontrollera båda eller välj ett nytt lösenord.
    .en = The e-mail address or the password is wrong. Check both, or set a new password.

ACCOUNT_CLOSED =
    .fi = Tilisi on suljettu. Avaa se uudelleen linkistä, joka on sulkemisesta kertovassa viestissämme; linkki vanhenee { $until }. Jos et löydä viestiä, pyydä uutta salasanaa, niin lähetämme sinulle uuden linkin.
    .sv = Ditt konto är stängt. Öppna det på nytt med länken i vårt meddelande om stängningen; länken fungerar till { $until }. Om du inte hittar meddelandet, be om ett nytt lösenord, så skickar vi en ny länk.
    .en = Your account is closed. To open it again, use the link in our message about the closing; the link works until { $until }. If you cannot find the message, ask for a new password, and we send you a new link.

CHANGED_MEANWHILE =
    .fi = Tietoja on muutettu muualla. Katso nykyiset tiedot ja tee muutoksesi uudelleen.
    .sv = Uppgifterna har ändrats någon annanstans. Se hur de ser ut nu och gör din ändring på nytt.
    .en = The details have been changed somewhere else. Look at them as they are now, and make your change again.

REQUIRED =
    .fi = Tämä ei voi olla tyhjä. Jätä kenttä pois, jos et halua muuttaa sitä.
    .sv = Fältet kan inte vara tomt. Utelämna det om du inte vill ändra det.
    .en = This cannot be empty. Leave the field out if you do not want to change it.

TEXT_TOO_LONG =
    .fi = Lyhennä tekstiä.
    .sv = Förkorta texten.
    .en = Shorten the text.

TEXT_FORBIDDEN_CHARACTER =
    .fi = Poista rivinvaihdot ja näkymättömät merkit tai kirjoita teksti uudelleen käsin.
    .sv = Ta bort radbyten och osynliga tecken eller skriv texten på nytt för hand.
    .en = Remove line breaks and invisible characters, or type the text again by hand.

NAME_MISSING =
    .fi = Anna 1–100 merkin pituinen nimi.
    .sv = Ange ett namn med 1–100 tecken.
    .en = Give a name of 1–100 characters.

NAME_WITHOUT_LETTERS =
    .fi = Kirjoita nimi kirjaimin.
    .sv = Skriv namnet med bokstäver.
    .en = Write the name with letters.

PHONE_INVALID =
    .fi = Tarkista puhelinnumero; kirjoita ulkomainen numero muodossa + ja maatunnus.
    .sv = Kontrollera telefonnumret; skriv ett utländskt nummer med + och landskod.
    .en = Check the phone number; write a foreign one with + and its country code.

PHONE_LETTERS =
    .fi = Kirjoita puhelinnumero vain numeroin, esimerkiksi 040 123 4567.
    .sv = Skriv telefonnumret med bara siffror, till exempel 040 123 4567.
    .en = Write the phone number with digits only, for example 040 123 4567.

PHONE_SEVERAL =
    .fi = Anna vain yksi puhelinnumero.
    .sv = Ange bara ett telefonnummer.
    .en = Give only one phone number.

PERSONAL_IDENTITY_CODE =
    .fi = Poista henkilötunnus: emme tallenna sitä koskaan. Jos tämä on puhelinnumero, kirjoita se ilman väliviivaa.
    .sv = Ta bort personbeteckningen: vi sparar den aldrig. Om det här är ett telefonnummer, skriv det utan bindestreck.
    .en = Remove the personal identity code: we never keep it. If this is a phone number, write it without a dash.

IDEMPOTENCY_KEY_INVALID =
    .fi = Anna pyynnölle 16–200 merkin pituinen kertatunniste, esimerkiksi satunnainen UUID.
    .sv = Ange en engångsidentifierare på 16–200 tecken för begäran, till exempel ett slumpmässigt UUID.
    .en = Give an idempotency key of 16–200 characters, for example a random UUID.

IDEMPOTENCY_KEY_REUSED =
    .fi = Tätä kertatunnistetta on jo käytetty muiden tietojen kanssa. Luo uusi tunniste ja lähetä pyyntö uudelleen.
    .sv = Den här engångsidentifieraren har redan använts med andra uppgifter. Skapa en ny identifierare och skicka begäran på nytt.
    .en = This idempotency key has already been used with other details. Make a new key and send the request again.

NOT_FOUND =
    .fi = Tällä tunnisteella ei löydy mitään, tai sinulla ei ole oikeutta nähdä sitä. Päivitä luettelo ja valitse siitä.
    .sv = Det finns inget med den här identifieraren, eller så har du inte rätt att se det. Uppdatera listan och välj i den.
    .en = There is nothing with this id, or you may not see it. Reload the list and choose from it.

ACCOUNT_NOT_FOUND =
    .fi = Millään käytössä olevalla tilillä ei ole tätä sähköpostiosoitetta. Pyydä henkilöä ensin luomaan tili ja vahvistamaan osoitteensa.
    .sv = Inget konto i bruk har den här e-postadressen. Be personen först skapa ett konto och bekräfta sin adress.
    .en = No active account has this e-mail address. Ask the person to create an account and confirm the address first.

SESSION_ENDED =
    .fi = Et ole enää kirjautuneena. Kirjaudu uudelleen sisään.
    .sv = Du är inte längre inloggad. Logga in på nytt.
    .en = You are no longer signed in. Sign in again.

SESSION_NOT_FOUND =
    .fi = Laite on jo kirjattu ulos. Päivitä luettelo.
    .sv = Enheten har redan loggats ut. Uppdatera listan.
    .en = That device is already signed out. Reload the list.

REAUTHENTICATION_REQUIRED =
    .fi = Anna salasanasi uudelleen ja tee tämä sitten kymmenen minuutin kuluessa.
    .sv = Ange ditt lösenord på nytt och gör sedan det här inom tio minuter.
    .en = Give your password once more, and then do this again within ten minutes.

PASSWORD_WRONG =
    .fi = Tämä ei ole salasanasi. Tarkista se tai aseta uusi.
    .sv = Det här är inte ditt lösenord. Kontrollera det eller välj ett nytt.
    .en = This is not your password. Check it, or set a new one.

EMAIL_MISSING =
    .fi = Anna sähköpostiosoite.
    .sv = Ange en e-postadress.
    .en = Give an e-mail address.

EMAIL_INVALID =
    .fi = Kirjoita yksi sähköpostiosoite muodossa nimi@yritys.fi.
    .sv = Skriv en e-postadress i formen namn@foretag.fi.
    .en = Write one e-mail address in the form name@company.fi.

EMAIL_NON_ASCII_LOCAL_PART =
    .fi = Käytä @-merkin edessä vain kirjaimia a–z, numeroita ja merkkejä .-_+.
    .sv = Använd bara bokstäverna a–z, siffror och tecknen .-_+ före @-tecknet.
    .en = Use only the letters a–z, digits and the characters .-_+ before the @ sign.

EMAIL_ENCODED_WORD =
    .fi = Viesti ei tule perille osoitteeseen, jossa on merkit =?. Tarkista osoite tai anna toinen.
    .sv = Meddelanden når inte fram till en adress med tecknen =? i. Kontrollera adressen eller ange en annan.
    .en = Messages cannot reach an address that has =? in it. Check the address, or give another one.

EMAIL_UNCHANGED =
    .fi = Tämä on jo sähköpostiosoitteesi. Anna toinen osoite.
    .sv = Det här är redan din e-postadress. Ange en annan.
    .en = This is your e-mail address already. Give another one.

EMAIL_TAKEN =
    .fi = Tämä sähköpostiosoite on toisella tilillä. Kirjaudu sisään sille tilille tai valitse toinen osoite.
    .sv = Ett annat konto har den här e-postadressen. Logga in på det kontot eller välj en annan adress.
    .en = Another account has this e-mail address. Sign in to that account, or choose another address.

ROLE_MAILBOX =
    .fi = Tätä sähköpostia näyttää lukevan moni, ja jokainen heistä pääsee tilille. Anna oma sähköpostiosoitteesi tai vahvista, että haluat käyttää tätä.
    .sv = Det verkar som om flera läser den här e-posten, och var och en av dem kommer åt kontot. Ange din egen e-postadress eller bekräfta att du vill använda den här.
    .en = Several people seem to read this e-mail, and each of them can get into the account. Give an e-mail address of your own, or confirm that you want to use this one.

TOKEN_INVALID =
    .fi = Tämä linkki on jo käytetty, vanhentunut tai korvattu uudemmalla. Pyydä uusi linkki.
    .sv = Länken har redan använts, har gått ut eller har ersatts av en nyare. Be om en ny länk.
    .en = This link has been used, has expired or has been replaced by a newer one. Ask for a new link.

SIGN_UP_PASSWORD_WRONG =
    .fi = Tämä ei ole tiliä luotaessa valittu salasana. Kirjoita se uudelleen tai aseta tässä uusi salasana.
    .sv = Det här är inte lösenordet som valdes när kontot skapades. Skriv det på nytt eller välj ett nytt lösenord här.
    .en = This is not the password that was chosen when the account was created. Type it again, or set a new password here.

SIGN_UP_PASSWORD_MISSING =
    .fi = Anna tiliä luodessasi valitsemasi salasana tai aseta uusi salasana ja anna nimesi.
    .sv = Ange lösenordet som du valde när du skapade kontot, eller välj ett nytt lösenord och ange ditt namn.
    .en = Give the password that you chose when you created the account, or set a new password and give your name.

PASSWORD_TOO_SHORT =
    .fi = Käytä vähintään 15 merkkiä; monta sanaa peräkkäin on helppo muistaa.
    .sv = Använd minst 15 tecken; flera ord i rad är lätta att minnas.
    .en = Use at least 15 characters; several words in a row are easy to remember.

PASSWORD_TOO_LONG =
    .fi = Käytä enintään 1 024 merkkiä.
    .sv = Använd högst 1 024 tecken.
    .en = Use at most 1,024 characters.

PASSWORD_COMMON =
    .fi = Tämä salasana on helppo arvata. Käytä useampia sanoja, jotka eivät kuulu yhteen.
    .sv = Det här lösenordet är lätt att gissa. Använd fler ord som inte hör ihop.
    .en = This password is easy to guess. Use more words that do not belong together.

PASSWORD_BREACHED =
    .fi = Tämä salasana on vuotanut toisesta palvelusta, ja varkaat kokeilevat sitä ensimmäisten joukossa. Valitse toinen.
    .sv = Det här lösenordet har läckt från en annan tjänst och hör till de första som tjuvar prövar. Välj ett annat.
    .en = This password has leaked from another service and is among the first that thieves try. Choose another one.

PASSWORD_PERSONAL =
    .fi = Sinut tunteva ihminen kokeilee ensimmäiseksi: { $words }. Loppu salasanasta on liian helppo arvata. Lisää sanoja, jotka eivät liity sinuun.
    .sv = Den som känner till dig provar först: { $words }. Resten av lösenordet är för lätt att gissa. Lägg till ord som inte har med dig att göra.
    .en = Somebody who knows you tries this first: { $words }. The rest of the password is too easy to guess. Add words that have nothing to do with you.

PASSWORD_OF_OLD_CODE =
    .fi = Tämä on vanhan tunnuksesi salasana. Valitse uusi.
    .sv = Det här är lösenordet till din gamla kod. Välj ett nytt.
    .en = This is the password of your old code. Choose a new one.

WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR =
    .fi = Olet ainoa pääkäyttäjä organisaatiossa: { $organizations }. Nimeä ensin toinen pääkäyttäjä tai vahvista, että organisaatio jää ilman pääkäyttäjää.
    .sv = Du är den enda administratören i organisationen: { $organizations }. Utse först en annan administratör eller bekräfta att organisationen blir utan administratör.
    .en = You are the only administrator of: { $organizations }. Appoint another administrator first, or confirm that the organization is left without one.

RATE_LIMITED =
    .fi = Liian monta yritystä. Odota { $minutes ->
        [one] minuutti
       *[other] { $minutes } minuuttia
    } ja yritä sitten uudelleen.
    .sv = För många försök. Vänta { $minutes ->
        [one] en minut
       *[other] { $minutes } minuter
    } och försök sedan igen.
    .en = Too many tries. Wait { $minutes ->
        [one] a minute
       *[other] { $minutes } minutes
    }, then try again.
