"""Finding and masking what says who somebody is. Plain code: no Rasa, no Django."""
