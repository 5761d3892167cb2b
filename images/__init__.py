"""Images: originals, their renditions, and the jobs that make and delete them."""
