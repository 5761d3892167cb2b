"""A release that is given to a few first, judged by the platform's own figures, and taken back."""
