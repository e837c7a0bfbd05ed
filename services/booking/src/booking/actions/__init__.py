"""What people and other services ask of booking; one function an intention, none commits."""
