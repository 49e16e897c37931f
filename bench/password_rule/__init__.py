"""Error rates of the rule on personal words: honest passphrases refused, and guessable passwords accepted."""
