"""One detector a layer: `detect(document, ...) -> tuple`, pure, none importing another."""
