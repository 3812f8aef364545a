"""Persons, companies, departments, roles; signing in."""
