"""What a visitor of the practice's site sees: demo page, articles, the widget's files, health."""
