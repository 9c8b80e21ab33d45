"""A result in other forms than its own JSON: CSV, JSON-LD, HTML. Pure: texts and results in, text out; `formats` lists them."""
