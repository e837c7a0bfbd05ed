"""Systems outside: registry's claims."""
