"""What people do in filing: one function an intention; none commits."""
