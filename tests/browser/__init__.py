"""The pages as people use them: Chromium in front of a platform that runs for real."""
