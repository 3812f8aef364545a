"""What goes into every evidence pack beside the evidence: the separate verifier and two guides."""
