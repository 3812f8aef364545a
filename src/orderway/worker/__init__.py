"""Work that goes on behind the pages: reactions, jobs with the outside, the clock."""
