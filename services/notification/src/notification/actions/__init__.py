"""The actions of notification: one function per intention. None commits."""
