"""Ways in: inlets that store the raw input, readers that turn it into a draft order, and the review of what is doubtful."""
