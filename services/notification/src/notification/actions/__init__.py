"""What notification does: one function an intention; none commits."""
