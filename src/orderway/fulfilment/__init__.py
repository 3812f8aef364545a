"""Pick, pack, ship, deliver and take back."""
