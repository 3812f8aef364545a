"""The ground floor: how anything is written (`run`), read (`ask`), recorded (events) and set in motion (reactions)."""
