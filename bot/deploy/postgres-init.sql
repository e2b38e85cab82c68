-- Dialogue states have a database of their own, so that they can be lost, limited or moved alone.
CREATE DATABASE dialogue;
