"""The main job through every role as processes, and what happens when these die or are robbed."""
