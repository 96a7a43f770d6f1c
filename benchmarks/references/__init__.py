"""What the generated services are measured against: the same answers, with the least code."""
