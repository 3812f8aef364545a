"""Orderway: the order desk for firms that make and trade things."""
