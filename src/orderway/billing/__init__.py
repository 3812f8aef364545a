"""Invoices, credit notes and payments."""
