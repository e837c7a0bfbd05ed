"""The actions of filing: one function per intention. None commits."""
