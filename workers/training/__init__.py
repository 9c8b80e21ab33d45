"""Training and evaluation of the models; the only code that reads the data in ../shared."""
