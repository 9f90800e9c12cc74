"""Pages of a display on a PC: as PNG, in a terminal, as a line of text; views as JSON."""
