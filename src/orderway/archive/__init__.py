"""The archive that can prove itself: sealing, hash chain, Merkle roots, evidence."""
