"""Where the README's figures come from: ratios within one run, never absolute times."""
