"""Many users at once: what they start from, what they do, what is left afterwards."""
