"""Importing drops: old codes and companies from files to pending accounts, every row to exactly one outcome."""
