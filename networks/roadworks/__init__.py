"""Works on roads, works on networks and events, in one calendar: where, when, what traffic meets, and the orders."""
