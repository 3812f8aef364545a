"""The demo company: Kessler Druck & Papier, a print shop with a trade counter in Weismain."""
