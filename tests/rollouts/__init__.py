"""Releases given to a few first, on real processes: good ones stay, bad ones are taken back."""
