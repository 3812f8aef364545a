"""Parcels and files, and the printed paper."""
