# Miksi toiminto ei onnistunut ja mitä seuraavaksi tehdä. Avaimet ovat arvojen ja toimintojen koodeja.

SIGN_IN_FAILED = Sähköpostiosoite tai salasana on väärä. Tarkista molemmat tai aseta uusi salasana.
ACCOUNT_CLOSED = Tilisi on suljettu. Avaa se uudelleen linkistä, joka on sulkemisesta kertovassa viestissämme; linkki vanhenee { $until }. Jos et löydä viestiä, pyydä uutta salasanaa, niin lähetämme sinulle uuden linkin.
PROFILE_CHANGED_MEANWHILE = Tietojasi on muutettu muualla. Katso nykyiset tiedot ja tee muutoksesi uudelleen.
REQUIRED = Tämä ei voi olla tyhjä. Jätä kenttä pois, jos et halua muuttaa sitä.
TEXT_TOO_LONG = Lyhennä tekstiä.
TEXT_FORBIDDEN_CHARACTER = Poista rivinvaihdot ja näkymättömät merkit tai kirjoita teksti uudelleen käsin.
NAME_MISSING = Anna 1–100 merkin pituinen nimi.
NAME_WITHOUT_LETTERS = Kirjoita nimi kirjaimin.
PHONE_INVALID = Tarkista puhelinnumero; kirjoita ulkomainen numero muodossa + ja maatunnus.
PHONE_LETTERS = Kirjoita puhelinnumero vain numeroin, esimerkiksi 040 123 4567.
PHONE_SEVERAL = Anna yksi puhelinnumero ja jätä muut pois.
PERSONAL_IDENTITY_CODE = Jätä henkilötunnus pois: emme tallenna sitä koskaan. Jos tämä on puhelinnumero, kirjoita se ilman väliviivaa.
IDEMPOTENCY_KEY_INVALID = Anna toiston tunnisteena 16–200 merkkiä, esimerkiksi satunnainen UUID.
IDEMPOTENCY_KEY_REUSED = Tätä toiston tunnistetta on jo käytetty muihin tietoihin. Luo uusi tunniste ja lähetä uudelleen.
NOT_FOUND = Tällä tunnisteella ei löydy mitään, tai se ei ole sinulle näkyvissä. Lataa luettelo uudelleen ja valitse siitä.
ACCOUNT_NOT_FOUND = Millään käytössä olevalla tilillä ei ole tätä sähköpostiosoitetta. Pyydä henkilöä ensin luomaan tili ja vahvistamaan osoitteensa.
SESSION_ENDED = Et ole enää kirjautuneena. Kirjaudu uudelleen sisään.
SESSION_NOT_FOUND = Laite on jo kirjattu ulos. Lataa luettelo uudelleen.
REAUTHENTICATION_REQUIRED = Anna salasanasi uudelleen ja tee tämä sitten kymmenen minuutin kuluessa.
PASSWORD_WRONG = Tämä ei ole salasanasi. Tarkista se tai aseta uusi.
EMAIL_MISSING = Anna sähköpostiosoite.
EMAIL_INVALID = Kirjoita yksi sähköpostiosoite muodossa nimi@yritys.fi.
EMAIL_NON_ASCII_LOCAL_PART = Käytä @-merkin edessä vain kirjaimia a–z, numeroita ja merkkejä .-_+.
EMAIL_ENCODED_WORD = Viesti ei tule perille osoitteeseen, jossa on merkit =?. Tarkista osoite tai anna toinen.
EMAIL_UNCHANGED = Tämä on jo sähköpostiosoitteesi. Anna toinen osoite.
EMAIL_TAKEN = Tämä sähköpostiosoite on toisella tilillä. Kirjaudu sisään sille tilille tai valitse toinen osoite.
ROLE_MAILBOX = Tätä sähköpostia näyttää lukevan moni, ja jokainen heistä pääsee tilille. Anna oma sähköpostiosoitteesi tai vahvista, että haluat käyttää tätä.
TOKEN_INVALID = Tämä linkki on jo käytetty, vanhentunut tai korvattu uudemmalla. Pyydä uusi linkki.
SIGN_UP_PASSWORD_WRONG = Tämä ei ole tiliä luotaessa valittu salasana. Kirjoita se uudelleen tai aseta tässä uusi salasana.
SIGN_UP_PASSWORD_MISSING = Anna tiliä luodessasi valitsemasi salasana tai aseta uusi salasana ja anna nimesi.
PASSWORD_TOO_SHORT = Käytä vähintään 15 merkkiä; monta sanaa peräkkäin on helppo muistaa.
PASSWORD_TOO_LONG = Käytä enintään 1 024 merkkiä.
PASSWORD_COMMON = Tämä salasana on helppo arvata. Käytä useampia sanoja, jotka eivät kuulu yhteen.
PASSWORD_BREACHED = Tämä salasana on vuotanut toisesta palvelusta, ja varkaat kokeilevat sitä ensimmäisten joukossa. Valitse toinen.
PASSWORD_PERSONAL = Sinut tunteva kokeilee ensimmäiseksi: { $words }. Loppu salasanasta on liian helppo arvata. Lisää sanoja, jotka eivät liity sinuun.
PASSWORD_OF_OLD_CODE = Tämä on vanhan tunnuksesi salasana. Valitse uusi.
WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = Olet ainoa pääkäyttäjä organisaatiossa: { $organizations }. Nimeä ensin toinen pääkäyttäjä tai vahvista, että organisaatio jää ilman pääkäyttäjää.
RATE_LIMITED = Yrityksiä on liian monta. Odota { $minutes ->
    [one] minuutti
   *[other] { $minutes } minuuttia
} ja yritä sitten uudelleen.
