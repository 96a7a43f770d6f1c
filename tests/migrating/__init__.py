"""What changed answers do to migrations, and to databases that have run them."""
