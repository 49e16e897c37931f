# Varför en åtgärd inte lyckades och vad man gör härnäst. Nycklarna är värdenas och åtgärdernas koder.

SIGN_IN_FAILED = E-postadressen eller lösenordet är fel. Kontrollera båda eller välj ett nytt lösenord.
ACCOUNT_CLOSED = Ditt konto är stängt. Öppna det på nytt med länken i vårt meddelande om stängningen; länken fungerar till { $until }. Om du inte hittar meddelandet, be om ett nytt lösenord, så skickar vi en ny länk.
PROFILE_CHANGED_MEANWHILE = Dina uppgifter har ändrats någon annanstans. Se hur de ser ut nu och gör din ändring på nytt.
REQUIRED = Det här kan inte vara tomt. Lämna bort fältet om du inte vill ändra det.
TEXT_TOO_LONG = Korta av texten.
TEXT_FORBIDDEN_CHARACTER = Ta bort radbyten och osynliga tecken eller skriv texten på nytt för hand.
NAME_MISSING = Ange ett namn med 1–100 tecken.
NAME_WITHOUT_LETTERS = Skriv namnet med bokstäver.
PHONE_INVALID = Kontrollera telefonnumret; skriv ett utländskt nummer med + och landskod.
PHONE_LETTERS = Skriv telefonnumret med bara siffror, till exempel 040 123 4567.
PHONE_SEVERAL = Ange ett telefonnummer och lämna bort de andra.
PERSONAL_IDENTITY_CODE = Lämna bort personbeteckningen: vi sparar den aldrig. Om det här är ett telefonnummer, skriv det utan bindestreck.
IDEMPOTENCY_KEY_INVALID = Ange en identifierare för upprepning på 16–200 tecken, till exempel ett slumpmässigt UUID.
IDEMPOTENCY_KEY_REUSED = Den här identifieraren för upprepning har redan använts med andra uppgifter. Skapa en ny identifierare och skicka på nytt.
NOT_FOUND = Det finns inget med den här identifieraren, eller så får du inte se det. Ladda listan på nytt och välj i den.
ACCOUNT_NOT_FOUND = Inget konto i bruk har den här e-postadressen. Be personen först skapa ett konto och bekräfta sin adress.
SESSION_ENDED = Du är inte längre inloggad. Logga in på nytt.
SESSION_NOT_FOUND = Enheten har redan loggats ut. Ladda listan på nytt.
REAUTHENTICATION_REQUIRED = Ange ditt lösenord på nytt och gör sedan det här inom tio minuter.
PASSWORD_WRONG = Det här är inte ditt lösenord. Kontrollera det eller välj ett nytt.
EMAIL_MISSING = Ange en e-postadress.
EMAIL_INVALID = Skriv en e-postadress i formen namn@foretag.fi.
EMAIL_NON_ASCII_LOCAL_PART = Använd bara bokstäverna a–z, siffror och tecknen .-_+ före @-tecknet.
EMAIL_ENCODED_WORD = Meddelanden når inte fram till en adress med tecknen =? i. Kontrollera adressen eller ange en annan.
EMAIL_UNCHANGED = Det här är redan din e-postadress. Ange en annan.
EMAIL_TAKEN = Ett annat konto har den här e-postadressen. Logga in på det kontot eller välj en annan adress.
ROLE_MAILBOX = Det verkar som om flera läser den här e-posten, och var och en av dem kommer åt kontot. Ange din egen e-postadress eller bekräfta att du vill använda den här.
TOKEN_INVALID = Länken har redan använts, har gått ut eller har ersatts av en nyare. Be om en ny länk.
SIGN_UP_PASSWORD_WRONG = Det här är inte lösenordet som valdes när kontot skapades. Skriv det på nytt eller välj ett nytt lösenord här.
SIGN_UP_PASSWORD_MISSING = Ange lösenordet som du valde när du skapade kontot, eller välj ett nytt lösenord och ange ditt namn.
PASSWORD_TOO_SHORT = Använd minst 15 tecken; flera ord i rad är lätta att minnas.
PASSWORD_TOO_LONG = Använd högst 1 024 tecken.
PASSWORD_COMMON = Det här lösenordet är lätt att gissa. Använd fler ord som inte hör ihop.
PASSWORD_BREACHED = Det här lösenordet har läckt från en annan tjänst och hör till de första som tjuvar prövar. Välj ett annat.
PASSWORD_PERSONAL = Den som känner till dig provar först: { $words }. Resten av lösenordet är för lätt att gissa. Lägg till ord som inte har med dig att göra.
PASSWORD_OF_OLD_CODE = Det här är lösenordet till din gamla kod. Välj ett nytt.
WOULD_LEAVE_ORGANIZATION_WITHOUT_ADMINISTRATOR = Du är den enda administratören i organisationen: { $organizations }. Utse först en annan administratör eller bekräfta att organisationen blir utan administratör.
RATE_LIMITED = För många försök. Vänta { $minutes ->
    [one] en minut
   *[other] { $minutes } minuter
} och försök sedan igen.
