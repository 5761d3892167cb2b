"""Writes: what happens to images, renditions, jobs and usage."""
