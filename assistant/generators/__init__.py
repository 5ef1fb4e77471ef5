"""generators: everything that can write a candidate answer from evidence."""
