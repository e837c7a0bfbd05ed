"""The actions of the registry: one function per intention. None commits."""
