"""The console's pages of bookings and of who can be booked when."""
