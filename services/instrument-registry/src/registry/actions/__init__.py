"""What people and events do in the registry: one function an intention; none commits."""
