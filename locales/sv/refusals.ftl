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
EMAIL_MISSING = Ange en e-postadress.
EMAIL_INVALID = Skriv en e-postadress i formen namn@foretag.fi.
EMAIL_NON_ASCII_LOCAL_PART = Använd bara bokstäverna a–z, siffror och tecknen .-_+ före @-tecknet.
EMAIL_UNCHANGED = Det här är redan din e-postadress. Ange en annan.
EMAIL_TAKEN = En annan användarkod har den här e-postadressen. Logga in på den eller välj en annan adress.
ROLE_MAILBOX = Det här ser ut som en brevlåda som flera läser, och var och en som läser den kommer åt användarkoden. Ange din egen adress eller bekräfta att du vill använda den här.
TOKEN_INVALID = Den här länken har redan använts, gått ut eller ersatts av en nyare. Be om en ny.
SIGN_UP_PASSWORD_WRONG = Det här är inte lösenordet som valdes vid registreringen. Skriv det igen eller välj ett nytt lösenord här.
SIGN_UP_PASSWORD_MISSING = Ange lösenordet som du valde vid registreringen, eller välj ett nytt lösenord och ange ditt namn.
PASSWORD_TOO_SHORT = Använd minst 15 tecken; flera ord i rad är lätta att minnas.
PASSWORD_TOO_LONG = Använd högst 1 024 tecken.
PASSWORD_COMMON = Det här lösenordet är lätt att gissa. Använd fler ord som inte hör ihop.
PASSWORD_BREACHED = Det här lösenordet har läckt från någon annan tjänst och hör till de första som prövas. Välj ett annat.
PASSWORD_PERSONAL = Lämna bort ditt namn, din e-postadress, din organisation och vår tjänsts namn ur lösenordet.
PASSWORD_OF_OLD_CODE = Det här är lösenordet till din gamla kod. Välj ett nytt.
WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = Du är den enda administratören i organisationen: { $organizations }. Utse först en annan administratör, eller bekräfta att organisationen blir utan.
RATE_LIMITED = För många försök. Vänta { $minutes ->
    [one] en minut
   *[other] { $minutes } minuter
} och försök sedan igen.
