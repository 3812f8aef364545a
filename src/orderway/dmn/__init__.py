"""DMN: decision tables, boxed expressions and requirement graphs, read from XML and compiled. Pure; rests on feel only."""
