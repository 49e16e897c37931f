# Mitä henkilön käyttäjätunnukselle on tapahtunut, hänen sanoillaan. Avain on audit-<teko>, pisteen tilalla -; -refused, jos teko evättiin.

audit-something = Käyttäjätunnuksellesi tehtiin jotakin muuta: { $action }.
audit-something-refused = Jotakin muuta yritettiin, ja se evättiin: { $action }.
audit-session-signIn = Sisäänkirjautuminen.
audit-session-signIn-refused = Joku yritti kirjautua väärällä salasanalla tai silloin, kun se ei ollut mahdollista.
audit-session-signOut = Uloskirjautuminen.
audit-session-signOut-refused = Uloskirjautuminen evättiin.
audit-profile-update = Tietojasi muutettiin.
audit-profile-update-refused = Tietojesi muutos evättiin.
audit-account-close = Käyttäjätunnuksesi suljettiin. Sen voi avata uudelleen viestissä olevasta linkistä, kunnes se poistetaan.
audit-account-close-refused = Käyttäjätunnuksesi sulkeminen evättiin.
audit-account-closeUndo = Käyttäjätunnuksesi avattiin uudelleen viestissä olevasta linkistä.
audit-account-closeUndo-refused = Käyttäjätunnuksesi avaaminen uudelleen evättiin.
audit-account-erase = Käyttäjätunnuksesi poistettiin.
audit-account-export = Tiedoistasi tehtiin sinulle kopio.
audit-account-export-refused = Kopio tiedoistasi evättiin.
audit-account-import = Käyttäjätunnuksesi valmisteltiin vanhan tunnuksesi tiedoista.
audit-account-importCorrect = Valmisteltua käyttäjätunnusta korjattiin vanhan tunnuksesi tiedoista.
audit-staff-grant = Sait roolin postin omassa henkilöstössä.
audit-demo-load = Esittelyhenkilöt luotiin.
