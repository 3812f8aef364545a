"""Making what was ordered: the offset order form, the estimate, the papers, the job tickets on the machines."""
