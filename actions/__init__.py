"""What Attune does in a turn, a module for each capability; rasa-sdk finds the actions in them."""

from actions.paths import read_ahead

read_ahead()
