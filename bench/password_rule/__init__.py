"""How often the rule on personal words refuses an honest passphrase, and how often a guessable password."""
