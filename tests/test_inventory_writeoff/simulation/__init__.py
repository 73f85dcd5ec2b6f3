"""Users, goods and accidents, drawn from one seed."""
