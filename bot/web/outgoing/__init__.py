"""What leaves the house: mails on their way, kept until they are delivered."""
