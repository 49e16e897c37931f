# Vad som hänt med en persons användarkod, med hennes ord. Nyckeln är audit-<gärning> med - för punkten; -refused om den nekades.

audit-something = Något annat gjordes med din användarkod: { $action }.
audit-something-refused = Något annat försöktes och nekades: { $action }.
audit-session-signIn = Inloggning.
audit-session-signIn-refused = Någon försökte logga in, med fel lösenord eller när det inte var möjligt.
audit-session-signOut = Utloggning.
audit-session-signOut-refused = Utloggningen nekades.
audit-profile-update = Dina uppgifter ändrades.
audit-profile-update-refused = En ändring av dina uppgifter nekades.
audit-account-close = Din användarkod stängdes. Den kan öppnas igen med länken i mejlet tills den raderas.
audit-account-close-refused = Stängningen av din användarkod nekades.
audit-account-closeUndo = Din användarkod öppnades igen med länken i mejlet.
audit-account-closeUndo-refused = Att öppna din användarkod igen nekades.
audit-account-erase = Din användarkod raderades.
audit-account-export = En kopia av dina uppgifter gjordes åt dig.
audit-account-export-refused = En kopia av dina uppgifter nekades.
audit-account-import = Din användarkod förbereddes utifrån en gammal kod som är din.
audit-account-importCorrect = Den förberedda användarkoden rättades utifrån en gammal kod som är din.
audit-staff-grant = Du fick en roll i postens egen personal.
audit-demo-load = Demopersonerna skapades.
