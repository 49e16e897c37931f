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
