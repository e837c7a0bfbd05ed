"""The actions of booking: one function per intention. None commits."""
