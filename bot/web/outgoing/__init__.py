"""What leaves the house: mails and calls of webhooks, kept until they are delivered."""
