"""What every import of networks and roads reads with: tables, cells, faults."""
