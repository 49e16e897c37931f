"""Import of drops: old codes and companies from files to pending accounts; every row gets exactly one outcome."""
