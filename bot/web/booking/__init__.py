"""Free consultations: times, bookings, mails, and the page to move or cancel."""
