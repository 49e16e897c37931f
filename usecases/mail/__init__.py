"""Messages on their way: what they say, who is handing them over, and what became of them."""
