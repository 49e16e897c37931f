# Varför något avvisades och vad man gör härnäst. Nycklarna är värdenas och handlingarnas koder.

SIGN_IN_FAILED = E-postadressen och lösenordet hör inte ihop. Kontrollera båda eller välj ett nytt lösenord.
PROFILE_CHANGED_MEANWHILE = Dina uppgifter har ändrats någon annanstans under tiden. Se dem som de är nu och gör din ändring på nytt.
REQUIRED = Det här kan inte vara tomt. Lämna bort fältet om du inte vill ändra det.
TEXT_TOO_LONG = Korta av texten.
TEXT_FORBIDDEN_CHARACTER = Ta bort radbyten och osynliga tecken eller skriv texten på nytt för hand.
NAME_MISSING = Ange ett namn med 1–100 tecken.
NAME_WITHOUT_LETTERS = Skriv namnet med bokstäver.
PHONE_INVALID = Kontrollera telefonnumret; skriv ett utländskt nummer med + och landskod.
PHONE_LETTERS = Skriv telefonnumret med bara siffror, till exempel 040 123 4567.
PHONE_SEVERAL = Ange ett telefonnummer och lämna bort de andra.
PERSONAL_IDENTITY_CODE = Lämna bort personbeteckningen: vi sparar den aldrig. Är detta ett telefonnummer, skriv det utan bindestreck.
ACCOUNT_NOT_FOUND = Ingen användarkod i bruk har den här e-postadressen. Be personen först registrera sig och bekräfta sin adress.
SESSION_ENDED = Den här inloggningen har avslutats. Logga in på nytt.
SESSION_NOT_FOUND = Du har inte längre en sådan inloggning. Titta på listan som den är nu.
REAUTHENTICATION_REQUIRED = Ange först ditt lösenord på nytt och gör sedan detta inom tio minuter.
PASSWORD_WRONG = Detta är inte ditt lösenord. Kontrollera det eller välj ett nytt.
