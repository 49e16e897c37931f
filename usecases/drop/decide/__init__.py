"""Decision of each row's outcome from its facts."""
