# Miksi teko evättiin ja mitä seuraavaksi tehdä. Avaimet ovat arvojen ja tekojen koodeja.

SIGN_IN_FAILED = Sähköpostiosoite ja salasana eivät kuulu yhteen. Tarkista molemmat tai aseta uusi salasana.
PROFILE_CHANGED_MEANWHILE = Tietojasi on muutettu toisaalla sillä välin. Katso ne sellaisina kuin ne nyt ovat ja tee muutoksesi uudelleen.
REQUIRED = Tämä ei voi olla tyhjä. Jätä kenttä pois, jos et halua muuttaa sitä.
TEXT_TOO_LONG = Lyhennä tekstiä.
TEXT_FORBIDDEN_CHARACTER = Poista rivinvaihdot ja näkymättömät merkit tai kirjoita teksti uudelleen käsin.
NAME_MISSING = Anna 1–100 merkin pituinen nimi.
NAME_WITHOUT_LETTERS = Kirjoita nimi kirjaimin.
PHONE_INVALID = Tarkista puhelinnumero; kirjoita ulkomainen numero muodossa + ja maatunnus.
PHONE_LETTERS = Kirjoita puhelinnumero vain numeroin, esimerkiksi 040 123 4567.
PHONE_SEVERAL = Anna yksi puhelinnumero ja jätä muut pois.
PERSONAL_IDENTITY_CODE = Jätä henkilötunnus pois: emme tallenna sitä koskaan. Jos tämä on puhelinnumero, kirjoita se ilman väliviivaa.
ACCOUNT_NOT_FOUND = Millään käytössä olevalla tunnuksella ei ole tätä sähköpostiosoitetta. Pyydä henkilöä ensin rekisteröitymään ja vahvistamaan osoitteensa.
SESSION_ENDED = Tämä kirjautuminen on päättynyt. Kirjaudu uudelleen.
SESSION_NOT_FOUND = Sinulla ei ole enää tällaista kirjautumista. Katso luettelo sellaisena kuin se nyt on.
REAUTHENTICATION_REQUIRED = Anna ensin salasanasi uudelleen ja tee sitten tämä kymmenen minuutin kuluessa.
PASSWORD_WRONG = Tämä ei ole salasanasi. Tarkista se tai aseta uusi.
EMAIL_MISSING = Anna sähköpostiosoite.
EMAIL_INVALID = Kirjoita yksi sähköpostiosoite muodossa nimi@yritys.fi.
EMAIL_NON_ASCII_LOCAL_PART = Käytä @-merkin edessä vain kirjaimia a–z, numeroita ja merkkejä .-_+.
EMAIL_UNCHANGED = Tämä on jo sähköpostiosoitteesi. Anna toinen osoite.
EMAIL_TAKEN = Tämä sähköpostiosoite on toisella käyttäjätunnuksella. Kirjaudu siihen tai valitse toinen osoite.
ROLE_MAILBOX = Tämä näyttää osoitteelta, jota moni lukee, ja jokainen sen lukija pääsee tunnukselle. Anna oma osoitteesi tai vahvista, että haluat käyttää tätä.
TOKEN_INVALID = Tämä linkki on jo käytetty, vanhentunut tai korvattu uudemmalla. Pyydä uusi.
SIGN_UP_PASSWORD_WRONG = Tämä ei ole rekisteröityessä valittu salasana. Kirjoita se uudelleen tai aseta tässä uusi salasana.
SIGN_UP_PASSWORD_MISSING = Anna rekisteröityessä valitsemasi salasana tai aseta uusi salasana ja nimesi.
PASSWORD_TOO_SHORT = Käytä vähintään 15 merkkiä; monta sanaa peräkkäin on helppo muistaa.
PASSWORD_TOO_LONG = Käytä enintään 1 024 merkkiä.
PASSWORD_COMMON = Tämä salasana on helppo arvata. Käytä useampia sanoja, jotka eivät kuulu yhteen.
PASSWORD_BREACHED = Tämä salasana on vuotanut jostakin toisesta palvelusta, ja sitä kokeillaan ensimmäisten joukossa. Valitse toinen.
PASSWORD_PERSONAL = Jätä salasanasta pois nimesi, sähköpostiosoitteesi, organisaatiosi ja palvelumme nimi.
PASSWORD_OF_OLD_CODE = Tämä on vanhan tunnuksesi salasana. Valitse uusi.
WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = Olet ainoa pääkäyttäjä organisaatiossa: { $organizations }. Nimitä ensin toinen pääkäyttäjä, tai vahvista, että organisaatio jää ilman pääkäyttäjää.
RATE_LIMITED = Yrityksiä on liian monta. Odota { $minutes ->
    [one] minuutti
   *[other] { $minutes } minuuttia
} ja yritä sitten uudelleen.
