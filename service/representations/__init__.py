"""A result in other forms than its own JSON. Pure: result and text in, text out."""
